package dev.sextant.nn;

import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.nn.io.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/// The reference data in `golden.dir`. What is absent skips the test by name, and fails it where `CI=true`.
public final class Golden {
    private Golden() {
    }

    /// A file or folder of the reference data.
    public static Path path(String name) {
        Path path = Path.of(System.getProperty("golden.dir", "golden.dir is not set"), name);
        if (!Files.exists(path)) {
            if ("true".equals(System.getenv("CI"))) {
                fail("required in CI, but there is no " + path);
            }
            Assumptions.abort("reference data " + name + ": there is no " + path);
        }
        return path;
    }

    /// A JSON file.
    public static Map<?, ?> json(String name) throws IOException {
        return (Map<?, ?>) Json.parse(Files.readString(path(name)), name);
    }

    public static double number(Object value) {
        return ((Number) value).doubleValue();
    }

    public static long whole(Object value) {
        return ((Number) value).longValue();
    }

    public static List<?> list(Object value) {
        return (List<?>) value;
    }

    public static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }
}
