package dev.sextant.kernels.sim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.ptx.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.function.Executable;

/// A bug planted in a kernel: in `file`, which is `source.cu` or a header of it, `from` is replaced by `to`.
///
/// @param caughtBy kinds of findings, or [#WRONG], one of which must show it
public record Planted(String source, String file, String from, String to, Set<String> caughtBy) {
    /// The result differs from the oracle's.
    public static final String WRONG = "wrong result";

    /// Compiles those that were not compiled before, beside the simulator.
    public static void buildAll(List<Planted> bugs) throws IOException {
        HostCompiler.inParallel(bugs, Planted::build);
    }

    private Path build() throws IOException {
        Path simulator = SimulatedDevice.simulator().libraries();
        String key = HostCompiler.key(String.join("\n", source, file, from, to));
        return HostCompiler.once(simulator.resolve("planted").resolve(key), folder -> {
            String original = Sources.text(file);
            assertTrue(original.contains(from), file + " no longer contains: " + from);
            String changed = original.replace(from, to);
            boolean isHeader = !file.equals(source + ".cu");
            if (isHeader) {
                // Every header that includes it must be found beside it too, so that it is this one that they include.
                for (String header : Sources.HEADERS) {
                    Files.writeString(folder.resolve(header), Sources.text(header));
                }
                Files.writeString(folder.resolve(file), changed);
            }
            SimulatorBuild.compileVariant(simulator, folder, source,
                    isHeader ? Sources.text(source + ".cu") : changed, Sources.hash(source), true);
        });
    }

    /// Runs `exercise` with this bug in place of the shipped kernel, until the device is opened afresh; fails unless
    /// it is caught as it should be.
    public void mustBeCaught(Executable exercise) throws Throwable {
        var simulator = SimulatedDevice.simulator();
        simulator.set("variants", build().toString());
        var caught = new TreeSet<String>();
        try {
            exercise.execute();
        } catch (AssertionError e) {
            caught.add(WRONG);
        } catch (DeviceException e) {
            // The device says only that something failed; the findings say what.
        }
        var report = simulator.report();
        caught.addAll(report.findings().keySet());
        assertTrue(caughtBy.stream().anyMatch(caught::contains),
                () -> this + " must be caught by one of " + caughtBy + ", not " + caught + " " + report.texts());
    }
}
