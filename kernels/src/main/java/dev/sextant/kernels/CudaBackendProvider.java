package dev.sextant.kernels;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.spi.BackendProvider;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.driver.CudaProbe.Answer;
import dev.sextant.kernels.lab.CudaDoctor;
import dev.sextant.kernels.settings.GpuSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Offers the device `cuda` where an NVIDIA driver answers. The answer is found once per JVM and settings.
public final class CudaBackendProvider implements BackendProvider {
    private static final Map<GpuSettings, Probe> ANSWERS = new HashMap<>();

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Probe probe() {
        return answer(GpuSettings.OWN);
    }

    /// Settings as [GpuSettings#of] takes them.
    @Override
    public Probe probe(Map<String, String> settings) {
        try {
            return answer(GpuSettings.of(settings));
        } catch (DeviceException e) {
            return new Probe.Unavailable(firstLine(e));
        }
    }

    @Override
    public List<Link> links() {
        return CudaDoctor.links();
    }

    private static Probe answer(GpuSettings settings) {
        synchronized (ANSWERS) {
            return ANSWERS.computeIfAbsent(settings, CudaBackendProvider::look);
        }
    }

    private static Probe look(GpuSettings settings) {
        return switch (CudaProbe.look()) {
            case Answer.Missing missing -> new Probe.Unavailable(missing.reason());
            case Answer.Usable usable -> open(usable, settings);
        };
    }

    private static Probe open(Answer.Usable device, GpuSettings settings) {
        try {
            return new Probe.Available(new CudaBackend(device, settings));
        } catch (LinkageError e) {
            return new Probe.Unavailable("JCuda's native library cannot be loaded (" + firstLine(e)
                    + "); put jcuda-natives for this platform on the class path");
        } catch (RuntimeException e) {
            return new Probe.Unavailable(device.device() + " cannot be opened: " + firstLine(e));
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
