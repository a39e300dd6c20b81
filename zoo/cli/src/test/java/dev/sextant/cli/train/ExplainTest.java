package dev.sextant.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.CommandLine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--explain` on a real first step: every operation with the algorithm that ran.
class ExplainTest {
    @TempDir
    Path temp;

    private List<String> explained(String backend) {
        CommandLine c = CommandLine.run(NetworkTraining::open, false, "train", "lenet", "--data", "synthetic",
                "--epochs", "1", "--batch", "2000", "--explain", "--backend", backend, "--out",
                temp.resolve(backend).toString());
        assertEquals(0, c.code(), c.err());
        return c.errLines();
    }

    private static void names(List<String> lines, String pattern) {
        assertTrue(lines.stream().anyMatch(l -> l.matches(pattern)), () -> pattern + " in " + lines);
    }

    @Test
    void theFastPathNamesItsForms() {
        List<String> lines = explained("simd");
        names(lines, ".*first step's operations.*");
        names(lines, " *conv2d +(implicit-gemm \\d+x\\d+|direct over images|blocked direct) .*Conv2dSpec.*");
        names(lines, " *conv2dBackwardFilter +(implicit-gemm \\d+x\\d+|direct over images|blocked direct) .*");
        names(lines, " *linear +gemm \\d+x\\d+ .*");
        names(lines, " *crossEntropy +loops .*");
    }
}
