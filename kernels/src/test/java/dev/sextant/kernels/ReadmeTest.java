package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.kernels.lab.GpuLab;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tables in the README are what the lab prints. `-Dptx.update=true` writes them anew.
@OnSimulator
class ReadmeTest {

    @AfterEach
    void bestAgain() {
        var backend = (CudaBackend) SimulatedDevice.fresh().backend();
        backend.useSgemm(null);
        backend.useConvolution(null);
    }

    @ParameterizedTest
    @CsvSource({"sgemm, 128x128x64", "conv, 1x32x16x16x32x3x1x1"})
    void tableIsWhatTheLabPrints(String ladder, String shape) throws IOException {
        SimulatedDevice.fresh();
        var bytes = new ByteArrayOutputStream();
        new GpuLab(new PrintStream(bytes, true, StandardCharsets.UTF_8)).run(ladder, shape, null);
        Path readme = Path.of(System.getProperty("kernels.basedir"), "README.md");
        String text = Files.readString(readme);
        String begin = "<!-- " + ladder + " -->\n";
        String end = "<!-- /" + ladder + " -->";
        int from = text.indexOf(begin) + begin.length();
        int to = text.indexOf(end);
        assertTrue(from >= begin.length() && to >= from, "the README has no place for " + ladder);
        String table = "```\n" + bytes.toString(StandardCharsets.UTF_8) + "```\n";
        if (Boolean.getBoolean("ptx.update")) {
            text = text.substring(0, from) + table + text.substring(to);
            Files.writeString(readme, text);
            to = text.indexOf(end);
        }
        assertEquals(table, text.substring(from, to));
    }
}
