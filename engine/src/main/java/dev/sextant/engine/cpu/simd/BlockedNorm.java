package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;

/// Batch normalisation of blocked arrays. Sums are taken per image and added in the order of the images.
final class BlockedNorm {
    private static final int LANES = BlockedView.LANES;

    private BlockedNorm() {
    }

    static void forward(Workers workers, BatchNormSpec spec, NDArray xs, NDArray gamma, NDArray beta,
            NDArray runningMean, NDArray runningVar, NDArray ys, SimdNorm.Moments moments) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        int pixels = x.height() * x.width();
        if (spec.training()) {
            statistics(workers, spec, x, moments, Vector1.of(runningMean), Vector1.of(runningVar));
        } else {
            Vector1 mean = Vector1.of(runningMean);
            Vector1 var = Vector1.of(runningVar);
            for (int c = 0; c < x.channels(); c++) {
                moments.put(c, mean.get(c), 1 / Math.sqrt(var.get(c) + spec.eps()));
            }
        }
        Vector1 g = Vector1.of(gamma);
        Vector1 b = Vector1.of(beta);
        float[] mean = new float[x.blocks() * LANES];
        float[] scale = new float[x.blocks() * LANES];
        float[] shift = new float[x.blocks() * LANES];
        for (int c = 0; c < x.channels(); c++) {
            mean[c] = moments.meanOf(c);
            scale[c] = g.get(c, 1) * moments.inverseOf(c);
            shift[c] = b.get(c, 0);
        }
        boolean relu = spec.activation().kind() == UnarySpec.Kind.RELU;
        workers.run(x.images() * x.blocks(), i -> {
            int n = i / x.blocks();
            int block = i % x.blocks();
            int to = y.at(n, block);
            VectorBlocks.normalize(x.data(), x.at(n, block), mean, scale, shift, block * LANES, y.data(), to, pixels,
                    relu);
            if (!relu && !spec.activation().isIdentity()) {
                Unary.apply(spec.activation(), y.data(), to, y.data(), to, pixels * LANES);
                y.clearPadding(block, to, pixels);
            }
        });
    }

    /// Sums of one image and block.
    @FunctionalInterface
    private interface Sum {
        void add(int n, int block, double[] sums);
    }

    /// `Σ` over images and pixels for every channel; images are summed apart and then in order.
    private static double[] sums(Workers workers, BlockedView x, Sum sum) {
        int blocks = x.blocks();
        double[][] parts = new double[x.images() * blocks][LANES];
        workers.run(parts.length, i -> sum.add(i / blocks, i % blocks, parts[i]));
        double[] total = new double[blocks * LANES];
        for (int i = 0; i < parts.length; i++) {
            for (int lane = 0; lane < LANES; lane++) {
                total[i % blocks * LANES + lane] += parts[i][lane];
            }
        }
        return total;
    }

    private static void statistics(Workers workers, BatchNormSpec spec, BlockedView x, SimdNorm.Moments moments,
            Vector1 runningMean, Vector1 runningVar) {
        int pixels = x.height() * x.width();
        double count = (double) x.images() * pixels;
        double[] sums = sums(workers, x, (n, block, s) -> VectorBlocks.sum(x.data(), x.at(n, block), pixels, s));
        float[] centre = new float[sums.length];
        for (int i = 0; i < sums.length; i++) {
            centre[i] = (float) (sums[i] / count);
        }
        double[] squares = sums(workers, x, (n, block, s) -> VectorBlocks.centredSquares(x.data(), x.at(n, block),
                pixels, centre, block * LANES, s));
        for (int c = 0; c < x.channels(); c++) {
            double mean = sums[c] / count;
            double off = mean - centre[c];
            double variance = Math.max(0, squares[c] / count - off * off);
            moments.put(c, mean, 1 / Math.sqrt(variance + spec.eps()));
            Channels.updateRunning(spec, count, c, moments.meanOf(c), variance, runningMean, runningVar);
        }
    }

    static void backward(Workers workers, BatchNormSpec spec, NDArray dz, NDArray xs, NDArray gamma,
            SimdNorm.Moments moments, Target dx, Target dgamma, Target dbeta) {
        var x = BlockedView.of(xs);
        var z = BlockedView.of(dz);
        int pixels = x.height() * x.width();
        double count = (double) x.images() * pixels;
        float[] mean = new float[x.blocks() * LANES];
        for (int c = 0; c < x.channels(); c++) {
            mean[c] = moments.meanOf(c);
        }
        double[] sums = sums(workers, z, (n, block, s) -> VectorBlocks.sum(z.data(), z.at(n, block), pixels, s));
        double[] dots = sums(workers, z, (n, block, s) -> VectorBlocks.centredDot(z.data(), z.at(n, block), x.data(),
                x.at(n, block), pixels, mean, block * LANES, s));
        Vector1 g = Vector1.of(gamma);
        Vector1 dg = Vector1.of(dgamma == null ? null : dgamma.array());
        Vector1 db = Vector1.of(dbeta == null ? null : dbeta.array());
        float[] onX = new float[mean.length];
        float[] onZ = new float[mean.length];
        float[] shift = new float[mean.length];
        for (int c = 0; c < x.channels(); c++) {
            double inverse = moments.inverseOf(c);
            double a = g.get(c, 1) * inverse;
            onZ[c] = (float) a;
            onX[c] = spec.training() ? (float) (-a * inverse * inverse * dots[c] / count) : 0;
            shift[c] = spec.training() ? (float) (-a * sums[c] / count) : 0;
            if (dg.isThere()) {
                dg.put(c, dots[c] * inverse, dgamma.adds());
            }
            if (db.isThere()) {
                db.put(c, sums[c], dbeta.adds());
            }
        }
        if (dx == null) {
            return;
        }
        var to = BlockedView.of(dx.array());
        workers.run(x.images() * x.blocks(), i -> {
            int n = i / x.blocks();
            int block = i % x.blocks();
            VectorBlocks.combine(x.data(), x.at(n, block), z.data(), z.at(n, block), mean, onX, onZ, shift,
                    block * LANES, to.data(), to.at(n, block), pixels, dx.adds());
        });
    }

    /// `target[c] (+)= Σ z`.
    static void channelSums(Workers workers, NDArray dz, Target target) {
        var z = BlockedView.of(dz);
        int pixels = z.height() * z.width();
        double[] sums = sums(workers, z, (n, block, s) -> VectorBlocks.sum(z.data(), z.at(n, block), pixels, s));
        Vector1 to = Vector1.of(target.array());
        for (int c = 0; c < z.channels(); c++) {
            to.put(c, sums[c], target.adds());
        }
    }
}
