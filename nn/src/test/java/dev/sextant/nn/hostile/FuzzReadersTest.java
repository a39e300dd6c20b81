package dev.sextant.nn.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.nn.io.SafeTensors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file readers under a coverage-guided fuzzer (Jazzer) in a small heap, for a few seconds each;
/// `-Dfuzz.seconds=600` looks longer. A failure shows the input (in Base64) and the
/// stack trace. The JSON reader is fuzzed through safetensors' header.
class FuzzReadersTest {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 3);
    private static final int FOUND = 77;
    /// The small heap is the limit that readers must keep; the fuzzer's own counts what the JIT compiler takes, too.
    private static final String NO_LIMIT_ON_THE_COMPILER = "-rss_limit_mb=0";

    @TempDir
    Path folder;

    private ChildJvm.Outcome fuzz(Class<?> target, Map<String, byte[]> seeds) throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        for (var seed : seeds.entrySet()) {
            Files.write(corpus.resolve(seed.getKey()), seed.getValue());
        }
        return ChildJvm.run(folder, List.of(), List.of("-Xmx96m", "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(), "--instrumentation_includes=dev.sextant.**", "-seed=7",
                "-max_total_time=" + SECONDS, "-max_len=4096", NO_LIMIT_ON_THE_COMPILER, corpus.toString()));
    }

    private void readsOrRefuses(Class<?> target, Map<String, byte[]> seeds) throws Exception {
        var outcome = fuzz(target, seeds);
        assertEquals(0, outcome.exit(), outcome.output());
        var runs = Pattern.compile("Done (\\d+) runs").matcher(outcome.output());
        assertTrue(runs.find(), outcome.output());
        assertTrue(Long.parseLong(runs.group(1)) > 100, "the fuzzer ran, but only so often: " + runs.group());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] safeTensors(Map<String, NDArray> arrays) throws IOException {
        Path file = folder.resolve("seed.safetensors");
        SafeTensors.write(file, arrays, Map.of("format", "seed"));
        return Files.readAllBytes(file);
    }

    @Test
    void safeTensors() throws Exception {
        readsOrRefuses(FuzzTargets.ReadSafeTensors.class, Map.of(
                "floats", safeTensors(Map.of("w", NDArray.of(new float[] {1, 2, 3, 4, 5, 6}, Shape.of(2, 3),
                        Device.ref()))),
                "integers", safeTensors(Map.of("n", NDArray.of(new int[] {1, -2}, Shape.of(2), Device.ref()))),
                "empty", safeTensors(Map.of())));
    }

    @Test
    void idx() throws Exception {
        byte[] plain = {0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        readsOrRefuses(FuzzTargets.ReadIdx.class, Map.of("plain", plain, "gzip", packed.toByteArray()));
    }

    @Test
    void aPlantedBugIsFound() throws Exception {
        var outcome = fuzz(FuzzTargets.Planted.class, Map.of("start", bytes("STAY")));
        assertNotEquals(0, outcome.exit());
        assertEquals(FOUND, outcome.exit(), outcome.output());
        assertTrue(outcome.output().contains("ArrayIndexOutOfBoundsException"), outcome.output());
    }
}
