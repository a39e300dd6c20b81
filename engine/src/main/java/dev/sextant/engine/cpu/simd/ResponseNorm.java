package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.spi.Target;

/// Local response normalisation, pixel by pixel across the channels.
final class ResponseNorm {
    private ResponseNorm() {
    }

    /// `y = x·s^(−β)` with `s = k + α/size·Σ x²`.
    static void forward(SimdNorm kernels, LocalResponseNormSpec spec, NDArray x, NDArray y) {
        var from = Strides.of(Dense.of(x));
        var to = Dense.into(y);
        int channels = x.dim(1);
        int plane = Channels.planeSize(x);
        kernels.workers().run(x.dim(0) * channels, i -> {
            int n = i / channels;
            int c = i % channels;
            for (int pixel = 0; pixel < plane; pixel++) {
                int at = (n * channels + c) * plane + pixel;
                double scale = scale(spec, from, n, c, channels, plane, pixel);
                to.data()[to.start() + at] = (float) (from.data()[from.base() + at] * Math.pow(scale, -spec.beta()));
            }
        });
        to.store(kernels);
    }

    /// `dx_c = dy_c·s_c^(−β) − 2αβ/size · x_c · Σ_{c' that see c} dy_c'·x_c'·s_c'^(−β−1)`.
    static void backward(SimdNorm kernels, LocalResponseNormSpec spec, NDArray dy, NDArray x, Target dx) {
        var from = Strides.of(Dense.of(x));
        var z = Strides.of(Dense.of(dy));
        var to = Dense.into(dx);
        int channels = x.dim(1);
        int plane = Channels.planeSize(x);
        double factor = 2 * spec.alpha() * spec.beta() / spec.size();
        kernels.workers().run(x.dim(0), n -> {
            double[] scale = new double[channels];
            for (int pixel = 0; pixel < plane; pixel++) {
                for (int c = 0; c < channels; c++) {
                    scale[c] = scale(spec, from, n, c, channels, plane, pixel);
                }
                for (int c = 0; c < channels; c++) {
                    int at = (n * channels + c) * plane + pixel;
                    double shared = 0;
                    // c' sees c when c lies in c'−⌊size/2⌋ … c'+⌊(size−1)/2⌋
                    int first = Math.max(0, c - (spec.size() - 1) / 2);
                    int last = Math.min(channels - 1, c + spec.size() / 2);
                    for (int other = first; other <= last; other++) {
                        int o = (n * channels + other) * plane + pixel;
                        shared += (double) z.data()[z.base() + o] * from.data()[from.base() + o]
                                * Math.pow(scale[other], -spec.beta() - 1);
                    }
                    to.data()[to.start() + at] = (float) (z.data()[z.base() + at] * Math.pow(scale[c], -spec.beta())
                            - factor * from.data()[from.base() + at] * shared);
                }
            }
        });
        to.store(kernels);
    }

    private static double scale(LocalResponseNormSpec spec, Strides x, int n, int c, int channels, int plane,
            int pixel) {
        int first = Math.max(0, c - spec.size() / 2);
        int last = Math.min(channels - 1, c + (spec.size() - 1) / 2);
        double sum = 0;
        for (int other = first; other <= last; other++) {
            double v = x.data()[x.base() + (n * channels + other) * plane + pixel];
            sum += v * v;
        }
        return spec.k() + spec.alpha() / spec.size() * sum;
    }
}
