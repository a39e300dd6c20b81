package dev.sextant.kernels.sim;

import dev.sextant.engine.Device;
import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.CudaBackendProvider;
import java.nio.file.Path;

/// The device `cuda` of this test JVM, on the simulator, made once: the same provider, backend, JCuda and kernels as on
/// a GPU, over the stand-in `libcuda.so.1`.
public final class SimulatedDevice {
    private static Device device;

    private SimulatedDevice() {
    }

    /// The simulator, started before anything asks for the driver.
    public static Simulator simulator() {
        return Simulator.start(Path.of(System.getProperty("kernels.basedir"), "target", "sim"));
    }

    /// The device, with the simulator's counters reset and its settings back at their defaults.
    public static synchronized Device fresh() {
        var simulator = simulator();
        simulator.set("trace", "0");
        simulator.set("order", "eager");
        simulator.set("shuffle", "0");
        simulator.set("recycle", "0");
        simulator.set("fault", "");
        simulator.set("capability", "80");
        simulator.set("driver", "12060");
        simulator.set("variants", "");
        simulator.reset();
        if (device == null) {
            device = switch (new CudaBackendProvider().probe()) {
                case Probe.Available a -> Device.of(a.backend());
                case Probe.Unavailable u -> throw new AssertionError("over the simulator: " + u.reason());
            };
        }
        ((CudaBackend) device.backend()).cacheMemory(true);
        ((CudaBackend) device.backend()).limitGrid(Integer.MAX_VALUE);
        return device;
    }

    /// The device as it is.
    public static synchronized Device opened() {
        return device == null ? fresh() : device;
    }

    /// As [#fresh], with traced kernels and every array a block of its own, so that no step over an end is missed.
    public static Device traced() {
        Device cuda = fresh();
        ((CudaBackend) cuda.backend()).cacheMemory(false);
        simulator().set("trace", "1");
        return cuda;
    }
}
