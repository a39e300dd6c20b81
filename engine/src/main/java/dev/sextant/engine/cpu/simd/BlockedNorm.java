package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;

/// Batch normalisation of blocked arrays: two passes over memory each way, one for sums and one for the result.
///
/// Sums are taken over groups of images, in single precision around a centre close to the group's mean and for few
/// hundred pixels at a time, and joined in double precision in the order of the groups (Chan, Golub &amp; LeVeque, 1983).
/// Where a block of channels fits in a core's cache, both passes go over it before the next block's turn.
final class BlockedNorm {
    private static final int LANES = BlockedView.LANES;
    /// Bytes of a block of channels, over all images and the arrays that are read twice, of which much stays in the
    /// second-level cache between passes.
    private static final int NEAR = 5 << 19;

    private final Workers workers;
    private final BlockedView x;
    private final int pixels;
    /// Images of a group.
    private final int together;
    private final int groups;
    private final double[] sums;
    private final int sumsPerGroup;

    private BlockedNorm(Workers workers, BlockedView x, int sumsPerLane) {
        this.workers = workers;
        this.x = x;
        this.pixels = x.height() * x.width();
        this.together = together(x);
        this.groups = Math.ceilDiv(x.images(), together);
        this.sumsPerGroup = sumsPerLane * LANES;
        this.sums = Scratch.ofThread().doubles(groups * x.blocks() * sumsPerGroup);
    }

    /// Images that are summed together.
    static int together(BlockedView x) {
        return Math.clamp(VectorNorm.PIECE / Math.max(1, x.height() * x.width()), 1, Math.max(1, x.images()));
    }

    /// What backward needs, a lane per channel.
    ///
    /// @param added whether something was added before the activation
    record Kept(float[] mean, float[] inverse, float[] scale, float[] shift, boolean added) implements Aux {
        static Kept empty(int lanes, boolean added) {
            return new Kept(new float[lanes], new float[lanes], new float[lanes], new float[lanes], added);
        }
    }

    /// Works on one group of images of one block.
    @FunctionalInterface
    private interface Part {
        void at(int group, int block);
    }

    /// Works on one block, between the passes.
    @FunctionalInterface
    private interface Between {
        void at(int block);
    }

    /// The second pass starts with what the first has read last, which is still at hand where not everything is.
    private void run(int readTwice, Part first, Between between, Part second) {
        int blocks = x.blocks();
        boolean near = blocks >= 2 * workers.threads()
                && (long) readTwice * x.images() * x.plane() * Float.BYTES <= NEAR;
        if (near) {
            workers.run(blocks, block -> {
                for (int group = 0; group < groups; group++) {
                    first.at(group, block);
                }
                between.at(block);
                for (int group = groups - 1; group >= 0; group--) {
                    second.at(group, block);
                }
            });
            return;
        }
        workers.run(groups * blocks, i -> first.at(i / blocks, i % blocks));
        for (int block = 0; block < blocks; block++) {
            between.at(block);
        }
        int last = groups * blocks - 1;
        workers.run(groups * blocks, i -> second.at((last - i) / blocks, (last - i) % blocks));
    }

    private int firstImage(int group) {
        return group * together;
    }

    private int images(int group) {
        return Math.min(together, x.images() - group * together);
    }

    private int sumsAt(int group, int block) {
        return (group * x.blocks() + block) * sumsPerGroup;
    }

    private double total(int block, int offset) {
        double total = 0;
        for (int group = 0; group < groups; group++) {
            total += sums[sumsAt(group, block) + offset];
        }
        return total;
    }

    /// @param residual null, or what is added before the activation
    static Aux forward(Workers workers, BatchNormSpec spec, NDArray xs, NDArray residual, NDArray gamma, NDArray beta,
            NDArray runningMean, NDArray runningVar, NDArray ys) {
        var norm = new BlockedNorm(workers, BlockedView.of(xs), 3);
        var kept = Kept.empty(norm.x.blocks() * LANES, residual != null);
        var y = BlockedView.of(ys);
        var z = residual == null ? null : BlockedView.of(residual);
        Vector1 g = Vector1.of(gamma);
        Vector1 b = Vector1.of(beta);
        Vector1 mean = Vector1.of(runningMean);
        Vector1 var = Vector1.of(runningVar);
        norm.run(1, (group, block) -> {
            if (spec.training()) {
                VectorNorm.moments(norm.x.data(), norm.x.at(norm.firstImage(group), block), norm.x.batch(),
                        norm.images(group), norm.pixels, norm.sums, norm.sumsAt(group, block));
            }
        }, block -> {
            for (int lane = 0; lane < norm.x.realLanes(block); lane++) {
                int c = block * LANES + lane;
                double variance = spec.training() ? norm.join(spec, block, lane, kept, mean, var) : var.get(c);
                if (!spec.training()) {
                    kept.mean[c] = mean.get(c);
                }
                kept.inverse[c] = (float) (1 / Math.sqrt(variance + spec.eps()));
                kept.scale[c] = g.get(c, 1) * kept.inverse[c];
                kept.shift[c] = b.get(c, 0);
            }
        }, (group, block) -> norm.normalize(spec.activation(), kept, group, block, z, y));
        return kept;
    }

    /// Joins the groups' sums: the channel's mean is kept, its running statistics are brought up to date, and its
    /// variance is returned.
    private double join(BatchNormSpec spec, int block, int lane, Kept kept, Vector1 runningMean, Vector1 runningVar) {
        double count = (double) x.images() * pixels;
        double total = 0;
        for (int group = 0; group < groups; group++) {
            int at = sumsAt(group, block) + lane;
            total += (double) images(group) * pixels * sums[at] + sums[at + LANES];
        }
        double mean = total / count;
        double squares = 0;
        for (int group = 0; group < groups; group++) {
            int at = sumsAt(group, block) + lane;
            double n = (double) images(group) * pixels;
            double offCentre = sums[at + LANES] / n;
            double offMean = sums[at] + offCentre - mean;
            squares += sums[at + 2 * LANES] - n * offCentre * offCentre + n * offMean * offMean;
        }
        double variance = Math.max(0, squares / count);
        int c = block * LANES + lane;
        kept.mean[c] = (float) mean;
        Channels.updateRunning(spec, count, c, mean, variance, runningMean, runningVar);
        return variance;
    }

    private void normalize(UnarySpec activation, Kept kept, int group, int block, BlockedView z, BlockedView y) {
        boolean relu = activation.kind() == UnarySpec.Kind.RELU;
        for (int n = firstImage(group); n < firstImage(group) + images(group); n++) {
            int to = y.at(n, block);
            if (z == null) {
                VectorNorm.normalize(x.data(), x.at(n, block), kept.mean, kept.scale, kept.shift, block * LANES,
                        y.data(), to, pixels, relu);
            } else {
                VectorNorm.normalizeAdd(x.data(), x.at(n, block), z.data(), z.at(n, block), kept.mean, kept.scale,
                        kept.shift, block * LANES, y.data(), to, pixels, relu);
            }
            if (!relu && !activation.isIdentity()) {
                Unary.apply(activation, y.data(), to, y.data(), to, pixels * LANES);
                y.clearPadding(block, to, pixels);
            }
        }
    }

    /// The gradient that comes in, and how it becomes the one before the activation.
    ///
    /// @param dy    blocked
    /// @param y     null, or what forward computed: `dz` becomes `dy` where `y` is positive, else 0
    /// @param dz    null unless `y` is given
    /// @param relus whether `dy` is to be taken where forward was positive, which follows from `x`
    record Incoming(NDArray dy, NDArray y, NDArray dz, boolean relus) {
    }

    static void backward(Workers workers, BatchNormSpec spec, Incoming in, NDArray xs, NDArray gamma, Kept kept,
            Target dx, Target dgamma, Target dbeta) {
        var norm = new BlockedNorm(workers, BlockedView.of(xs), 2);
        var x = norm.x;
        int pixels = norm.pixels;
        var dy = BlockedView.of(in.dy);
        var y = in.y == null ? null : BlockedView.of(in.y);
        var z = in.y == null ? dy : BlockedView.of(in.dz);
        var to = dx == null ? null : BlockedView.of(dx.array());
        float[] onX = new float[kept.mean.length];
        float[] onZ = new float[kept.mean.length];
        float[] add = new float[kept.mean.length];
        Vector1 g = Vector1.of(gamma);
        Vector1 dg = Vector1.of(dgamma == null ? null : dgamma.array());
        Vector1 db = Vector1.of(dbeta == null ? null : dbeta.array());
        norm.run(y == null ? 2 : 3, (group, block) -> {
            int n = norm.firstImage(group);
            int at = norm.sumsAt(group, block);
            if (in.relus) {
                VectorNorm.reluGradientSums(z.data(), z.at(n, block), z.batch(), x.data(), x.at(n, block), x.batch(),
                        norm.images(group), pixels, kept.mean, kept.scale, kept.shift, block * LANES, norm.sums, at);
                return;
            }
            for (int i = n; y != null && i < n + norm.images(group); i++) {
                Loops.reluBackward(y.data(), y.at(i, block), dy.data(), dy.at(i, block), z.data(), z.at(i, block),
                        pixels * LANES);
            }
            VectorNorm.gradientSums(z.data(), z.at(n, block), z.batch(), x.data(), x.at(n, block), x.batch(),
                    norm.images(group), pixels, kept.mean, block * LANES, norm.sums, at);
        }, block -> {
            for (int lane = 0; lane < x.realLanes(block); lane++) {
                int c = block * LANES + lane;
                double sum = norm.total(block, lane);
                double dot = norm.total(block, LANES + lane);
                double inverse = kept.inverse[c];
                double a = g.get(c, 1) * inverse;
                double count = spec.training() ? (double) x.images() * pixels : Double.POSITIVE_INFINITY;
                onZ[c] = (float) a;
                onX[c] = (float) (-a * inverse * inverse * dot / count);
                add[c] = (float) (-a * sum / count);
                if (dg.isThere()) {
                    dg.put(c, dot * inverse, dgamma.adds());
                }
                if (db.isThere()) {
                    db.put(c, sum, dbeta.adds());
                }
            }
        }, (group, block) -> {
            for (int n = norm.firstImage(group); to != null && n < norm.firstImage(group) + norm.images(group); n++) {
                if (in.relus) {
                    VectorNorm.reluCombine(x.data(), x.at(n, block), z.data(), z.at(n, block), kept.mean, kept.scale,
                            kept.shift, onX, onZ, add, block * LANES, to.data(),
                            to.at(n, block), pixels, dx.adds());
                } else {
                    VectorNorm.combine(x.data(), x.at(n, block), z.data(), z.at(n, block), kept.mean, onX, onZ,
                            add, block * LANES, to.data(), to.at(n, block), pixels, dx.adds());
                }
            }
        });
    }
}
