package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.spi.Target;

/// Sums over everything but the channel axis: the gradients of biases.
final class ChannelSums {
    private ChannelSums() {
    }

    /// `target[c] (+)= Σ_{n, …} x[n, c, …]` for `[N, C]` or `[N, C, H, W]`.
    static void sumChannels(Workers workers, NDArray x, Target target) {
        var from = Strides.of(x);
        var to = Strides.into(target.array());
        int channels = x.dim(1);
        if (x.rank() == 2) {
            workers.run(Math.ceilDiv(channels, 256), c -> columns(x, from, to, target.adds(), c * 256,
                    Math.min(256, channels - c * 256)));
            return;
        }
        int rows = x.dim(2);
        int columns = x.dim(3);
        int[] step = from.step();
        boolean dense = step[3] == 1 && step[2] == columns;
        workers.run(channels, c -> {
            double sum = 0;
            for (int n = 0; n < x.dim(0); n++) {
                int plane = from.base() + n * step[0] + c * step[1];
                if (dense) {
                    sum += Sums.sum(from.data(), plane, rows * columns, 1);
                } else {
                    for (int h = 0; h < rows; h++) {
                        sum += Sums.sum(from.data(), plane + h * step[2], columns, step[3]);
                    }
                }
            }
            int at = to.base() + c * to.step()[0];
            to.data()[at] = (float) (target.adds() ? to.data()[at] + sum : sum);
        });
    }

    private static void columns(NDArray x, Strides from, Strides to, boolean adds, int first, int count) {
        double[] sums = new double[count];
        int[] step = from.step();
        for (int n = 0; n < x.dim(0); n++) {
            int row = from.base() + n * step[0] + first * step[1];
            for (int j = 0; j < count; j++) {
                sums[j] += from.data()[row + j * step[1]];
            }
        }
        for (int j = 0; j < count; j++) {
            int at = to.base() + (first + j) * to.step()[0];
            to.data()[at] = (float) (adds ? to.data()[at] + sums[j] : sums[j]);
        }
    }
}
