package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.spi.Target;

/// Gradients of layer and group normalisation: both normalise dense rows, and their parameters repeat in runs.
final class RowNorms {
    private RowNorms() {
    }

    /// @param rows   rows that are normalised, each of `width` elements
    /// @param repeat elements that share one parameter (1 for layer norm, a plane for group norm)
    /// @param params number of parameters
    record Problem(NDArray dy, NDArray x, NDArray gamma, SimdNorm.Moments moments, int rows, int width, int repeat,
            int params) {

        /// Parameter of element `i` of row `r`.
        int param(int r, int i) {
            return (int) (((long) r * width + i) / repeat % params);
        }
    }

    static void backward(SimdNorm kernels, Problem p, Target dx, Target dgamma, Target dbeta) {
        var z = Strides.of(Dense.of(p.dy));
        var x = Strides.of(Dense.of(p.x));
        var g = p.gamma == null ? null : Strides.of(Dense.of(p.gamma));
        if (dx != null) {
            var to = Dense.into(dx);
            kernels.workers().run(p.rows, r -> row(p, r, z, x, g, to));
            to.store(kernels);
        }
        if (dgamma != null || dbeta != null) {
            var toGamma = dgamma == null ? null : Dense.into(dgamma);
            var toBeta = dbeta == null ? null : Dense.into(dbeta);
            kernels.workers().run(p.params, c -> parameter(p, c, z, x, toGamma, toBeta));
            if (toGamma != null) {
                toGamma.store(kernels);
            }
            if (toBeta != null) {
                toBeta.store(kernels);
            }
        }
    }

    /// `dx = inv·(γ·dy − mean(γ·dy) − x̂·mean(γ·dy·x̂))`.
    private static void row(Problem p, int r, Strides z, Strides x, Strides g, Dense to) {
        int at = r * p.width;
        double mean = p.moments.meanOf(r);
        double inverse = p.moments.inverseOf(r);
        double sum = 0;
        double dot = 0;
        for (int i = 0; i < p.width; i++) {
            double s = scaled(p, r, i, z, g);
            sum += s;
            dot += s * (x.data()[x.base() + at + i] - mean);
        }
        double meanSum = sum / p.width;
        double meanDot = dot * inverse * inverse / p.width;
        for (int i = 0; i < p.width; i++) {
            double centred = x.data()[x.base() + at + i] - mean;
            to.data()[to.start() + at + i] = (float) (inverse * (scaled(p, r, i, z, g) - meanSum - centred * meanDot));
        }
    }

    private static double scaled(Problem p, int r, int i, Strides z, Strides g) {
        double dy = z.data()[z.base() + r * p.width + i];
        return g == null ? dy : dy * g.data()[g.base() + p.param(r, i)];
    }

    private static void parameter(Problem p, int c, Strides z, Strides x, Dense toGamma, Dense toBeta) {
        double sum = 0;
        double dot = 0;
        int period = p.params * p.repeat;
        int size = p.rows * p.width;
        for (int from = c * p.repeat; from < size; from += period) {
            int r = from / p.width;
            double mean = p.moments.meanOf(r);
            double inverse = p.moments.inverseOf(r);
            for (int i = from; i < from + p.repeat; i++) {
                double dy = z.data()[z.base() + i];
                sum += dy;
                dot += dy * (x.data()[x.base() + i] - mean) * inverse;
            }
        }
        if (toGamma != null) {
            toGamma.data()[toGamma.start() + c] = (float) dot;
        }
        if (toBeta != null) {
            toBeta.data()[toBeta.start() + c] = (float) sum;
        }
    }
}
