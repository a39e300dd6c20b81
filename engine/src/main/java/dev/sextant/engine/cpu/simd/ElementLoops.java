package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Target;

/// Losses that compare element by element.
final class ElementLoops {
    private static final int CHUNK = 1 << 12;

    private ElementLoops() {
    }

    static void forward(SimdPointwise kernels, ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray loss) {
        var x = Strides.of(Dense.of(input));
        var t = Strides.of(Dense.of(target));
        Vector1 w = positive(weight);
        int size = (int) input.size();
        boolean each = spec.reduction() == Reduction.NONE;
        var to = each ? Dense.into(loss) : null;
        int chunks = Math.ceilDiv(size, CHUNK);
        double[] partial = new double[chunks];
        kernels.workers().run(chunks, c -> {
            for (int i = c * CHUNK; i < Math.min(size, (c + 1) * CHUNK); i++) {
                double value = value(spec, x.data()[x.base() + i], t.data()[t.base() + i], weightOf(w, weight, i));
                partial[c] += value;
                if (each) {
                    to.data()[to.start() + i] = (float) value;
                }
            }
        });
        if (each) {
            to.store(kernels);
            return;
        }
        double sum = 0;
        for (double p : partial) {
            sum += p;
        }
        kernels.fill(spec.reduction() == Reduction.MEAN ? sum / size : sum, loss);
    }

    /// @param forInput whether the gradient of the input is wanted, or that of the target
    static void backward(SimdPointwise kernels, ElementLossSpec spec, NDArray input, NDArray target, NDArray weight,
            NDArray dloss, Target gradient, boolean forInput) {
        var x = Strides.of(Dense.of(input));
        var t = Strides.of(Dense.of(target));
        var up = Strides.of(Dense.of(dloss));
        Vector1 w = positive(weight);
        int size = (int) input.size();
        var to = Dense.into(gradient);
        boolean each = spec.reduction() == Reduction.NONE;
        double divisor = spec.reduction() == Reduction.MEAN ? size : 1;
        kernels.workers().run(Math.ceilDiv(size, CHUNK), c -> {
            for (int i = c * CHUNK; i < Math.min(size, (c + 1) * CHUNK); i++) {
                double a = x.data()[x.base() + i];
                double b = t.data()[t.base() + i];
                double p = weightOf(w, weight, i);
                double slope = forInput ? slope(spec, a, b, p)
                        : spec.kind() == ElementLossSpec.Kind.BCE_WITH_LOGITS
                                ? p * RareFunctions.softplus(-a) - RareFunctions.softplus(a)
                                : -slope(spec, a, b, p);
                to.data()[to.start() + i] = (float) (slope * up.data()[up.base() + (each ? i : 0)] / divisor);
            }
        });
        to.store(kernels);
    }

    private static Vector1 positive(NDArray weight) {
        return weight == null ? Vector1.of(null) : Vector1.of(weight.reshape(-1));
    }

    private static double weightOf(Vector1 w, NDArray weight, int i) {
        return weight == null ? 1 : w.get((int) (i % weight.size()));
    }

    private static double value(ElementLossSpec spec, double x, double t, double positive) {
        double size = Math.abs(x - t);
        double limit = spec.parameter();
        return switch (spec.kind()) {
            case MSE -> size * size;
            case L1 -> size;
            case SMOOTH_L1 -> size < limit ? size * size / (2 * limit) : size - limit / 2;
            case HUBER -> size <= limit ? size * size / 2 : limit * (size - limit / 2);
            case BCE_WITH_LOGITS -> positive * t * RareFunctions.softplus(-x) + (1 - t) * RareFunctions.softplus(x);
            case NLL -> throw new IllegalStateException("nll_loss takes class indices");
        };
    }

    private static double slope(ElementLossSpec spec, double x, double t, double positive) {
        double d = x - t;
        double limit = spec.parameter();
        return switch (spec.kind()) {
            case MSE -> 2 * d;
            case L1 -> Math.signum(d);
            case SMOOTH_L1 -> Math.abs(d) < limit ? d / limit : Math.signum(d);
            case HUBER -> Math.abs(d) <= limit ? d : limit * Math.signum(d);
            case BCE_WITH_LOGITS -> (1 - t) * RareFunctions.sigmoid(x) - positive * t * RareFunctions.sigmoid(-x);
            case NLL -> throw new IllegalStateException("nll_loss takes class indices");
        };
    }
}
