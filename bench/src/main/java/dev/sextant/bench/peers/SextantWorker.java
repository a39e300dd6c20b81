package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.SextantNet;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import java.util.Locale;

/// Sextant in a process of its own.
public final class SextantWorker implements PeerEngine {
    private final Device device;

    private SextantWorker(Device device) {
        this.device = device;
    }

    /// @param args threads and precision (`exact`, `fast`)
    public static void main(String[] args) throws Exception {
        var settings = CpuSettings.defaults().withThreads(Integer.parseInt(args[0]))
                .withPrecision(CpuSettings.Precision.valueOf(args[1].toUpperCase(Locale.ROOT)));
        Worker.serve(new SextantWorker(Device.simd(settings)));
    }

    @Override
    public Training training(BookNet net, int batch, boolean dropout) {
        var model = new SextantNet(net, batch, device);
        if (!dropout) {
            model.withoutDropout();
        }
        return new Training() {
            @Override
            public double step() {
                return model.trainStep();
            }

            @Override
            public void close() {
            }
        };
    }

    @Override
    public Inference inference(BookNet net, int batch) {
        var model = new SextantNet(net, batch, device);
        return new Inference() {
            @Override
            public float[] infer() {
                return model.infer();
            }

            @Override
            public void close() {
            }
        };
    }
}
