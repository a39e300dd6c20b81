package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The double answers questions about descriptors as NVIDIA's library was found to ([RealLibrariesTest] asked it).
@OnSimulator
class DescriptorsTest {
    /// What cuDNN 9.5.1 answered.
    static final Path ANSWERS = Path.of(System.getProperty("kernels.basedir"),
            "src/test/resources/dev/sextant/kernels/library/cudnn-9.5.1-descriptors.tsv");

    @Test
    void theDoubleAnswersAsTheLibraryDid() throws IOException {
        // Waiting makes the context current on this thread.
        LibraryDoubles.fresh(GpuSettings.LIBRARIES).backend().synchronize();
        var actual = DescriptorAnswers.ask();
        SimulatedDevice.fresh();
        assertEquals(String.join("\n", Files.readAllLines(ANSWERS)), String.join("\n", actual));
    }
}
