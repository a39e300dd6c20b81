package dev.sextant.engine.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tiles and transforms in the repository are what the scripts in `engine/tiles` write, but for white space.
class TileSourceTest {
    private static final Path ROOT = Path.of(System.getProperty("repository.root"));
    private static final List<String> FOLDERS = List.of("engine/src/main/java/dev/sextant/engine/cpu/simd",
            "engine/src/test/java/dev/sextant/engine/cpu/simd");

    @TempDir
    private Path fresh;

    @Test
    void committedTilesAreFresh() throws IOException, InterruptedException {
        for (String folder : FOLDERS) {
            Files.createDirectories(fresh.resolve(folder));
        }
        assumeTrue(runs("generate.py") && runs("points.py"), "needs python3");
        for (String folder : FOLDERS) {
            Map<String, String> generated = tiles(fresh.resolve(folder));
            assertFalse(generated.isEmpty());
            assertEquals(generated, tiles(ROOT.resolve(folder)), "run the scripts in engine/tiles and format");
        }
    }

    private boolean runs(String script) throws InterruptedException {
        try {
            Process python = new ProcessBuilder("python3", ROOT.resolve("engine/tiles").resolve(script).toString())
                    .directory(fresh.toFile()).inheritIO().start();
            assertEquals(0, python.waitFor());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Map<String, String> tiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Map<String, String> sources = new TreeMap<>();
            for (Path file : files
                    .filter(f -> f.getFileName().toString().matches("Avx.*Tile\\d+x\\d+\\.java|Points\\d\\.java"))
                    .collect(Collectors.toList())) {
                sources.put(file.getFileName().toString(), Files.readString(file).replaceAll("\\s|///", ""));
            }
            return sources;
        }
    }
}
