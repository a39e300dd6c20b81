package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.kernels.library.LibraryDoubles;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every network of the book trains three steps on the simulated device, by our own kernels alone and with cuBLAS and
/// cuDNN (their doubles), with the oracle's losses. The oracle's are kept in a file, because it takes minutes for the
/// large networks; `-Dlosses.update=true` computes them anew.
///
/// Images are large enough that a batch norm sees several values per channel: of two it makes ±1, whatever they are,
/// and rounding then decides.
@OnSimulator
class BookNetworksTest {
    private static final Path LOSSES = Path.of(System.getProperty("kernels.basedir"),
            "src/test/resources/dev/sextant/kernels/losses-of-ref.tsv");
    /// Relative to the loss, or to 1 where it is less: three steps of float32 in another order of summation.
    private static final double TOLERANCE = 1e-4;

    /// A line of the file.
    record Run(String net, int size, int batch, double[] losses) {
        static Run parse(String line) {
            String[] f = line.split("\t");
            return new Run(f[0], Integer.parseInt(f[1]), Integer.parseInt(f[2]),
                    Arrays.stream(f).skip(3).mapToDouble(Double::parseDouble).toArray());
        }

        Run byTheOracle() {
            return new Run(net, size, batch, new Training(net, size, batch, Device.ref()).losses(losses.length));
        }

        @Override
        public String toString() {
            return net + "\t" + size + "\t" + batch
                    + String.join("",
                            Arrays.stream(losses).mapToObj(l -> String.format(Locale.ROOT, "\t%.9g", l)).toList());
        }
    }

    private static List<Run> runs() throws IOException {
        return Files.readAllLines(LOSSES).stream().filter(line -> !line.startsWith("#")).map(Run::parse).toList();
    }

    @BeforeAll
    static void update() throws IOException {
        if (Boolean.getBoolean("losses.update")) {
            Files.write(LOSSES, Stream.concat(Files.readAllLines(LOSSES).stream().filter(l -> l.startsWith("#")),
                    runs().stream().map(run -> run.byTheOracle().toString())).toList());
        }
    }

    static Stream<Arguments> runsBothWays() throws IOException {
        return runs().stream().flatMap(run -> Stream.of(GpuSettings.OWN, GpuSettings.LIBRARIES)
                .map(settings -> Arguments.of(run, settings)));
    }

    @AfterEach
    void close() {
        SimulatedDevice.fresh();
        // What one network holds goes back before the next comes.
        System.gc();
    }

    @ParameterizedTest
    @MethodSource("runsBothWays")
    void lossesAreTheOracles(Run run, GpuSettings settings) {
        Device cuda = LibraryDoubles.fresh(settings);
        var simulator = SimulatedDevice.simulator();
        var training = new Training(run.net, run.size, run.batch, cuda);
        simulator.reset();
        double[] actual = training.losses(run.losses.length);
        for (int step = 0; step < actual.length; step++) {
            assertEquals(run.losses[step], actual[step], TOLERANCE * Math.max(1, run.losses[step]),
                    run + ": " + Arrays.toString(actual));
        }
        assertTrue(run.losses[0] != run.losses[actual.length - 1], "the oracle learns nothing, so this shows nothing");
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
        // Host and device meet at the batch's edge and where the loss is read, and nowhere else; LeNet-5 also uploads
        // the table of its sparse convolution (96 numbers).
        long uploads = run.net.equals("lenet5") ? 3 : 2;
        assertEquals(uploads * actual.length, simulator.calls("cuMemcpyHtoDAsync"), "images and labels");
        assertEquals(actual.length, simulator.calls("cuMemcpyDtoHAsync"), "losses");
        assertEquals(0, simulator.calls("cuMemcpyHtoD") + simulator.calls("cuMemcpyDtoH"));
        assertEquals(settings.libraries(),
                simulator.calls("cublasSgemm") + simulator.calls("cudnnConvolutionForward") > 0);
    }

    /// The small networks' losses are computed again in every run.
    @Test
    void theFileHoldsTheOraclesLosses() throws IOException {
        assertEquals(Zoo.names(), runs().stream().map(Run::net).toList());
        for (Run run : runs()) {
            if (run.size <= 28) {
                assertEquals(run.toString(), run.byTheOracle().toString());
            }
        }
    }
}
