package dev.sextant.bench.gpu;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.Simulator;
import java.util.HashMap;
import java.util.Map;

/// The GPU of this process, real or simulated, under each of its settings. Opened when first asked for.
public final class Gpu {
    /// Our own kernels.
    public static final String OWN = "own";
    /// cuBLAS and cuDNN in strict float32.
    public static final String CUDNN = "cudnn";
    /// The libraries on tensor cores.
    public static final String CUDNN_TF32 = "cudnn tf32";

    private static final Map<String, GpuSettings> SETTINGS = Map.of(OWN, GpuSettings.OWN, CUDNN, GpuSettings.LIBRARIES,
            CUDNN_TF32, GpuSettings.of(Map.of("gpu-lib", "cudnn", "precision", "tf32")));

    private static Simulator simulator;

    private final Map<String, Device> devices = new HashMap<>();
    private final Map<String, String> reasons = new HashMap<>();

    /// @param simulated whether to start the simulator in this process, with its doubles of cuBLAS and cuDNN
    public Gpu(boolean simulated) {
        if (simulated) {
            start();
        }
    }

    private static synchronized void start() {
        if (simulator == null) {
            Simulator.requireCompiler("gpu");
            simulator = Simulator.start(Simulator.usualFolder());
            System.setProperty(CudaProbe.LIBRARY_DIRECTORY, simulator.doubles().toString());
        }
    }

    /// The device under one of the settings above.
    ///
    /// @throws Check.Skip if it cannot be had, with the reason
    public Device device(String settings) {
        if (reasons.containsKey(settings)) {
            throw new Check.Skip(reasons.get(settings));
        }
        return devices.computeIfAbsent(settings, s -> {
            try {
                return Device.of(CudaBackend.open(SETTINGS.get(s)));
            } catch (SextantException e) {
                reasons.put(s, e.getMessage());
                throw new Check.Skip(e.getMessage());
            }
        });
    }

    /// The simulator; null where the GPU is real.
    Simulator simulator() {
        return simulator;
    }

    /// Its backend.
    CudaBackend backend(String settings) {
        return (CudaBackend) device(settings).backend();
    }

    /// Whether every device that was opened still answers. A kernel that goes wrong takes the whole context with it.
    boolean isAlive() {
        try {
            devices.values().forEach(d -> d.backend().synchronize());
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }
}
