package dev.sextant.cli.plan;

import dev.sextant.cli.plan.Work.Kind;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import java.util.EnumMap;
import java.util.Map;

/// How fast a device is, measured on one typical kernel of each kind: a 3×3 convolution of 64 channels on 28×28, a
/// linear layer of 1024 features, and relu on what does not fit the caches. A model of time, not a measurement of the
/// network: layers with few channels run slower than it says.
///
/// @param perSecond operations, or bytes for [Kind#MEMORY], per second
public record Rates(Map<Kind, Double> perSecond) {
    /// A kernel is fast when the JVM has compiled it, which takes a while: until nothing has got faster for so long.
    private static final double STEADY_SECONDS = 0.6;
    private static final double MOST_SECONDS = 4;
    private static final int FEWEST_CALLS = 30;
    private static final double IMPROVEMENT = 0.97;

    /// Measures, in some seconds.
    public static Rates of(Device device) {
        Kernels kernels = device.backend().kernels();
        var conv = Conv2dSpec.of(1, 1);
        Map<Kind, Double> rates = new EnumMap<>(Kind.class);
        try (var _ = Scope.open("calibration")) {
            NDArray image = array(device, 4, 64, 28, 28);
            NDArray w = array(device, 64, 64, 3, 3);
            var layout = device.backend().layoutFor(conv, image.shape(), image, w);
            NDArray x = NDArray.empty(image.shape(), DType.FLOAT32, layout, device);
            x.set(image);
            NDArray y = NDArray.empty(image.shape(), DType.FLOAT32, layout, device);
            NDArray dw = array(device, 64, 64, 3, 3);
            double flops = 2.0 * conv.macs(x.shape(), w.shape());
            rates.put(Kind.CONV, rate(flops, device, () -> kernels.conv2d(conv, x, w, null, y)));
            rates.put(Kind.CONV_DATA,
                    rate(flops, device, () -> kernels.conv2dBackwardData(conv, y, w, Target.set(x))));
            rates.put(Kind.CONV_FILTER,
                    rate(flops, device, () -> kernels.conv2dBackwardFilter(conv, y, x, Target.set(dw))));
            NDArray rows = array(device, 128, 1024);
            NDArray weight = array(device, 1024, 1024);
            NDArray out = array(device, 128, 1024);
            rates.put(Kind.PRODUCT, rate(2.0 * rows.size() * 1024, device,
                    () -> kernels.linear(LinearSpec.PLAIN, rows, weight, null, out)));
            NDArray large = array(device, 4, 64, 112, 112);
            NDArray result = array(device, 4, 64, 112, 112);
            rates.put(Kind.MEMORY, rate(2.0 * Float.BYTES * large.size(), device,
                    () -> kernels.unary(UnarySpec.RELU, large, result)));
        }
        return new Rates(rates);
    }

    private static NDArray array(Device device, int... dims) {
        return NDArray.full(Shape.of(dims), 0.5, DType.FLOAT32, device);
    }

    /// The best of many calls: what the device can do when nothing disturbs it and everything is compiled.
    private static double rate(double amount, Device device, Runnable kernel) {
        double best = Double.POSITIVE_INFINITY;
        long begin = System.nanoTime();
        long improved = begin;
        long now = begin;
        for (int calls = 0; (now - begin) / 1e9 < MOST_SECONDS
                && (calls < FEWEST_CALLS || (now - improved) / 1e9 < STEADY_SECONDS); calls++) {
            long start = System.nanoTime();
            kernel.run();
            device.backend().synchronize();
            now = System.nanoTime();
            double seconds = (now - start) / 1e9;
            improved = seconds < IMPROVEMENT * best ? now : improved;
            best = Math.min(best, seconds);
        }
        return amount / best;
    }
}
