package dev.sextant.kernels.library;

import dev.sextant.engine.Device;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.HashMap;
import java.util.Map;

/// The doubles of cuBLAS and cuDNN under JCuda's real native libraries, on the simulator: compiled once below
/// `target/sim`, and found where a user's libraries would be found.
public final class LibraryDoubles {
    private static final Map<GpuSettings, Device> DEVICES = new HashMap<>();

    private LibraryDoubles() {
    }

    /// The device `cuda` with these settings over the doubles, made once; the simulator's counters and settings are
    /// back at their defaults.
    public static synchronized Device fresh(GpuSettings settings) {
        SimulatedDevice.fresh();
        Device device = DEVICES.computeIfAbsent(settings, LibraryDoubles::open);
        ((CudaBackend) device.backend()).cacheMemory(true);
        return device;
    }

    /// As [#fresh], but with memory that no test before has used.
    public static Device unused(GpuSettings settings) {
        SimulatedDevice.fresh();
        return open(settings);
    }

    /// Settings of the library path.
    static GpuSettings settings(Map<String, String> usual, String... keysAndValues) {
        var values = new HashMap<>(usual);
        values.put("gpu-lib", "cudnn");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            values.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return GpuSettings.of(values);
    }

    private static Device open(GpuSettings settings) {
        try {
            return Device.of(where(() -> CudaBackend.open(settings)));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /// Something that opens a device.
    interface Opening<T> {
        /// Opens it.
        T open() throws ReflectiveOperationException;
    }

    /// Opens a device where the doubles are what is installed.
    static <T> T where(Opening<T> opening) throws ReflectiveOperationException {
        System.setProperty(CudaProbe.LIBRARY_DIRECTORY, SimulatedDevice.simulator().doubles().toString());
        try {
            return opening.open();
        } finally {
            System.clearProperty(CudaProbe.LIBRARY_DIRECTORY);
        }
    }

    /// The same, as it is.
    public static synchronized Device opened(GpuSettings settings) {
        return DEVICES.containsKey(settings) ? DEVICES.get(settings) : fresh(settings);
    }
}
