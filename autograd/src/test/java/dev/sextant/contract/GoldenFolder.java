package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/// The cases of one folder of the reference data (system property `golden.dir`), found by looking: a new file is a new
/// case. An absent folder skips by name, and fails where `CI=true`.
final class GoldenFolder {
    private GoldenFolder() {
    }

    /// One test per file, and one for every file that the folder's `index.json` lists but that is not there.
    static Stream<DynamicTest> tests(String folder, Consumer<GoldenFile> test) {
        return tests(System.getProperty("golden.dir"), "true".equals(System.getenv("CI")), folder, test);
    }

    /// As above, with the folder of all reference data (null for none), and whether its absence is a failure.
    static Stream<DynamicTest> tests(String root, boolean required, String folder, Consumer<GoldenFile> test) {
        Path dir = root == null ? null : Path.of(root, folder);
        if (dir == null || !Files.isDirectory(dir)) {
            return Stream.of(DynamicTest.dynamicTest("golden " + folder, () -> absent(folder, root, required)));
        }
        var names = new TreeSet<>(listed(dir));
        try (Stream<Path> files = Files.list(dir)) {
            files.map(f -> f.getFileName().toString()).filter(n -> n.endsWith(".safetensors")).forEach(names::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertTrue(!names.isEmpty(), dir + " holds no cases");
        return names.stream().map(name -> DynamicTest.dynamicTest(name, () -> {
            Path file = dir.resolve(name);
            assertTrue(Files.exists(file), "index.json lists " + name + ", which is not in " + dir);
            test.accept(new GoldenFile(file));
        }));
    }

    private static void absent(String folder, String root, boolean required) {
        String message = "golden " + folder + ": golden.dir is " + root + ", where there is no such folder";
        if (required) {
            fail(message);
        }
        Assumptions.abort(message);
    }

    private static List<String> listed(Path dir) {
        Path index = dir.resolve("index.json");
        if (!Files.exists(index)) {
            return List.of();
        }
        try {
            var json = (Map<?, ?>) Json.parse(Files.readString(index));
            return ((List<?>) json.get("cases")).stream().map(c -> (String) ((Map<?, ?>) c).get("file")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
