package dev.sextant.kernels;

import dev.sextant.engine.spi.BackendProvider;
import dev.sextant.kernels.lab.CudaDoctor;
import java.util.List;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.driver.CudaProbe.Answer;
import dev.sextant.kernels.settings.GpuSettings;

/// Offers the device `cuda` where an NVIDIA driver answers. The answer is found once per JVM.
public final class CudaBackendProvider implements BackendProvider {
    private static Probe answer;

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Probe probe() {
        synchronized (CudaBackendProvider.class) {
            if (answer == null) {
                answer = look();
            }
            return answer;
        }
    }

    @Override
    public List<Link> links() {
        return CudaDoctor.links();
    }

    private static Probe look() {
        return switch (CudaProbe.look()) {
            case Answer.Missing missing -> new Probe.Unavailable(missing.reason());
            case Answer.Usable usable -> open(usable);
        };
    }

    private static Probe open(Answer.Usable device) {
        try {
            return new Probe.Available(new CudaBackend(device, GpuSettings.OWN));
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
