package dev.sextant.nn.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Linear;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Checkpoint;
import dev.sextant.nn.train.TrainState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A checkpoint that cannot be written to its end, because the system refuses more bytes: the one before it stays.
class FullDiskTest {
    /// Far less than the 400 kB of the checkpoint, in the 512-byte blocks of `ulimit`.
    private static final int BLOCKS = 64;

    @TempDir
    Path folder;

    private static void save(Path file, long seed) {
        Layer model = new Linear(100);
        model.initialize(Shape.of(1, 1000), Device.ref(), seed);
        Checkpoint.save(file, model, Optimizer.sgd(0.1, model.parameters()), TrainState.START, seed, Map.of());
    }

    /// The process that runs out of space.
    static final class Saving {
        private Saving() {
        }

        /// @param args the checkpoint
        public static void main(String[] args) {
            try {
                save(Path.of(args[0]), 2);
                System.out.println("SAVED");
            } catch (SextantException e) {
                System.out.println("REFUSED " + e.getMessage());
            }
        }
    }

    @Test
    void theOldCheckpointSurvives() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "limits are set with a POSIX shell");
        Path checkpoint = Files.createDirectory(folder.resolve("run")).resolve("last.safetensors");
        save(checkpoint, 1);
        byte[] before = Files.readAllBytes(checkpoint);
        var outcome = ChildJvm.run(folder, List.of("/bin/sh", "-c", "ulimit -f " + BLOCKS + "; exec \"$0\" \"$@\""),
                List.of("-XX:-UsePerfData", "-Xshare:auto", Saving.class.getName(), checkpoint.toString()));
        assertEquals(0, outcome.exit(), outcome.output());
        assertTrue(outcome.output().contains("REFUSED checkpoint: cannot write"), outcome.output());
        assertTrue(outcome.output().contains("unharmed"), outcome.output());
        assertArrayEquals(before, Files.readAllBytes(checkpoint), "bit for bit the old one");
        try (var files = Files.list(checkpoint.getParent())) {
            assertEquals(List.of(checkpoint), files.toList(), "nothing half-written is left behind");
        }
        Layer model = new Linear(100);
        model.initialize(Shape.of(1, 1000), Device.ref(), 9);
        Checkpoint.load(checkpoint, model, Optimizer.sgd(0.1, model.parameters()), 1);
    }
}
