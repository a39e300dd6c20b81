package dev.sextant.bench.gpu;

import dev.sextant.bench.ConvPasses;
import dev.sextant.bench.ConvPasses.Beside;
import dev.sextant.bench.gpu.Check.Failure;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.conv.ConvProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The convolution ladder: every algorithm on layers of the book's networks, forward and both gradients, and cuDNN
/// beside them; first compared with the oracle and then timed.
final class ConvChecks {
    static final String SECTION = "convolution ladder";
    static final String CUDNN = "cuDNN";
    /// The passes in the order in which they are reported.
    static final List<String> PASSES = List.of("forward", "backward-data", "backward-filter");

    private static final double EXACT = 1e-6;
    /// Winograd's transforms cost about a digit.
    private static final double WINOGRAD = 1e-5;

    /// A layer on a batch of square images.
    ///
    /// @param n images of `c` channels and `h`×`h` pixels, `k` filters of `r`×`r`
    record Layer(String name, int n, int c, int h, int k, int r, Conv2dSpec spec) {
        Shape x() {
            return Shape.of(n, c, h, h);
        }

        Shape w() {
            return Shape.of(k, c, r, r);
        }

        Shape y() {
            return spec.outputShape(x(), w());
        }
    }

    /// What takes the time in AlexNet, VGG, ResNet and GoogLeNet.
    static final List<Layer> TIMED = List.of(new Layer("3x3, 64 to 64, 56 px", 32, 64, 56, 64, 3, Conv2dSpec.of(1, 1)),
            new Layer("3x3, 256 to 256, 14 px", 32, 256, 14, 256, 3, Conv2dSpec.of(1, 1)),
            new Layer("5x5, 96 to 256, 26 px", 32, 96, 26, 256, 5, Conv2dSpec.of(1, 2)),
            new Layer("7x7/2, 3 to 64, 224 px", 32, 3, 224, 64, 7, Conv2dSpec.of(2, 3)),
            new Layer("1x1, 256 to 256, 26 px", 32, 256, 26, 256, 1, Conv2dSpec.of(1, 0)));
    /// The same kinds, small enough for the simulator; among them one of many channels, and one of long sums.
    static final List<Layer> SMALL = List.of(new Layer("3x3, 5 to 6, 9 px", 2, 5, 9, 6, 3, Conv2dSpec.of(1, 1)),
            new Layer("5x5/2, 3 to 4, 11 px", 2, 3, 11, 4, 5, Conv2dSpec.of(2, 2)),
            new Layer("1x1, 50 to 60, 5 px", 1, 50, 5, 60, 1, Conv2dSpec.of(1, 0)),
            new Layer("3x3, 2 to 4, 17 px", 2, 2, 17, 4, 3, Conv2dSpec.of(1, 1)));

    private final Gpu gpu;
    private final List<Layer> layers;
    private final boolean timed;

    ConvChecks(Gpu gpu, List<Layer> layers, boolean timed) {
        this.gpu = gpu;
        this.layers = layers;
        this.timed = timed;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (Layer layer : layers) {
            checks.add(new Check(SECTION, Gpu.CUDNN, CUDNN + ": " + layer.name, () -> run(Gpu.CUDNN, null, layer)));
            for (ConvAlgorithm algorithm : ConvAlgorithm.values()) {
                if (algorithm.supports(ConvProblem.of(layer.spec, layer.x(), layer.w(), layer.y()))) {
                    checks.add(new Check(SECTION, Gpu.OWN, algorithm.label() + ": " + layer.name,
                            () -> run(Gpu.OWN, algorithm, layer)));
                }
            }
        }
        return checks;
    }

    private Measured run(String settings, ConvAlgorithm algorithm, Layer layer) {
        var passes = new ConvPasses(gpu.device(settings), layer.spec, layer.x(), layer.w());
        gpu.backend(settings).useConvolution(algorithm);
        try {
            double allowed = (algorithm == ConvAlgorithm.WINOGRAD || algorithm == null ? WINOGRAD : EXACT)
                    * Math.sqrt(layer.c * layer.r * layer.r);
            // A filter's gradient sums over all images and pixels.
            double allowedForFilter = EXACT * Math.sqrt((double) layer.y().size() / layer.k);
            Difference forward = difference(passes.forwardBesideOracle());
            Difference data = difference(passes.backwardDataBesideOracle());
            Difference filter = difference(passes.backwardFilterBesideOracle());
            verify(layer, PASSES.get(0), forward, allowed);
            verify(layer, PASSES.get(1), data, allowed);
            verify(layer, PASSES.get(2), filter, Math.max(allowed, allowedForFilter));
            Difference worst = forward.and(data).and(filter);
            var measured = Measured.of(worst.relative(), Math.max(allowed, allowedForFilter),
                    "difference as a share of the largest result; by "
                            + gpu.backend(settings).algorithm(layer.spec, passes.x(), passes.w()));
            if (timed) {
                time(measured, settings, PASSES.get(0), layer, passes::forward);
                time(measured, settings, PASSES.get(1), layer, passes::backwardData);
                // Winograd does not compute a filter's gradient.
                if (algorithm != ConvAlgorithm.WINOGRAD) {
                    time(measured, settings, PASSES.get(2), layer, passes::backwardFilter);
                }
            }
            return measured;
        } finally {
            gpu.backend(settings).useConvolution(null);
        }
    }

    private static Difference difference(Beside b) {
        return Difference.of(b.expected(), b.actual());
    }

    private void time(Measured measured, String settings, String pass, Layer layer, Runnable work) {
        double ms = Timing.milliseconds(gpu.backend(settings), work);
        measured.numbers().put(GpuReport.SPEED + " " + pass, 2.0 * layer.spec.macs(layer.x(), layer.w()) / ms / 1e6);
        measured.numbers().put("ms " + pass, ms);
    }

    private static void verify(Layer layer, String pass, Difference d, double allowed) {
        if (!(d.relative() <= allowed)) {
            throw new Failure(Measured.of(d.relative(), allowed, ""), String.format(Locale.ROOT,
                    "%s of %s (x %s, w %s) is off by %.3g where the largest result is %.3g: %.2g of it, allowed is "
                            + "%.2g; not timed",
                    pass, layer.name, layer.x(), layer.w(), d.worst(), d.largest(),
                    d.relative(), allowed));
        }
    }
}
