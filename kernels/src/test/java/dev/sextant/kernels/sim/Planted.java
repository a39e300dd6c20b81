package dev.sextant.kernels.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.kernels.ptx.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Puts a changed version of a kernel under the simulator, in place of the shipped one.
public final class Planted {
    private Planted() {
    }

    /// From now on (until the device is opened afresh) kernels of `source.cu` run with `from` replaced by `to`
    /// in `file`, which is the source itself or a header of it.
    public static void plant(Path folder, String source, String file, String from, String to) {
        String original = Sources.text(file);
        assertTrue(original.contains(from), file + " no longer contains: " + from);
        String changed = original.replace(from, to);
        var simulator = SimulatedDevice.simulator();
        boolean isHeader = !file.equals(source + ".cu");
        try {
            Files.createDirectories(folder);
            if (isHeader) {
                // Every header that includes it must be found beside it too, so that it is this one that they include.
                for (String header : Sources.HEADERS) {
                    Files.writeString(folder.resolve(header), Sources.text(header));
                }
                Files.writeString(folder.resolve(file), changed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SimulatorBuild.compileVariant(simulator.libraries(), folder, source,
                isHeader ? Sources.text(source + ".cu") : changed, Sources.hash(source), true);
        simulator.set("variants", folder.toString());
    }
}
