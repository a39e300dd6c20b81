package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.NormKernels;
import dev.sextant.engine.spi.Target;

/// Normalisations. Batch, layer and group norm differ only in which elements share a mean and which share γ and β;
/// [Groups] says that, and the rest is common.
interface RefNorm extends NormKernels {

    @Override
    default Aux batchNorm(BatchNormSpec spec, NDArray xs, NDArray gammas, NDArray betas, NDArray runningMeans,
            NDArray runningVars, NDArray ys) {
        Groups groups = Groups.channels(xs.shape());
        Cells x = Cells.of(xs);
        Cells runningMean = Cells.of(runningMeans);
        Cells runningVar = Cells.of(runningVars);
        double[] mean = new double[groups.count];
        double[] variance = new double[groups.count];
        if (spec.training()) {
            moments(groups, x, mean, variance);
            double m = spec.momentum();
            double unbiased = groups.members / (groups.members - 1.0);
            for (int c = 0; c < groups.count && runningMean != null; c++) {
                runningMean.set(c, (1 - m) * runningMean.get(c) + m * mean[c]);
                runningVar.set(c, (1 - m) * runningVar.get(c) + m * variance[c] * unbiased);
            }
        } else {
            for (int c = 0; c < groups.count; c++) {
                mean[c] = runningMean.get(c);
                variance[c] = runningVar.get(c);
            }
        }
        var moments = new Moments(mean, inverse(variance, spec.eps()));
        Cells gamma = Cells.of(gammas);
        Cells beta = Cells.of(betas);
        Cells y = Cells.of(ys);
        for (int i = 0; i < x.size(); i++) {
            y.set(i, Functions.value(spec.activation(), affine(groups, gamma, beta, i, moments.hat(groups, x, i))));
        }
        return moments;
    }

    @Override
    default void batchNormBackward(BatchNormSpec spec, NDArray dzs, NDArray xs, NDArray gammas, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        Groups groups = Groups.channels(xs.shape());
        var moments = (Moments) aux;
        if (spec.training()) {
            backward(groups, moments, dzs, xs, gammas, dx);
        } else if (dx != null) {
            // The statistics are constants: dx = γ·dz/√(σ² + ε).
            Cells dz = Cells.of(dzs);
            Cells gamma = Cells.of(gammas);
            Sums sums = Sums.of(dx);
            for (int i = 0; i < dz.size(); i++) {
                sums.add(i, scale(groups, gamma, i) * dz.get(i) * moments.inverse[groups.of(i)]);
            }
            sums.store();
        }
        affineBackward(groups, moments, dzs, xs, dgamma, dbeta);
    }

    @Override
    default Aux layerNorm(LayerNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        return normalise(Groups.rows(x.shape(), spec), spec.eps(), x, gamma, beta, y);
    }

    @Override
    default void layerNormBackward(LayerNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        Groups groups = Groups.rows(x.shape(), spec);
        backward(groups, (Moments) aux, dy, x, gamma, dx);
        affineBackward(groups, (Moments) aux, dy, x, dgamma, dbeta);
    }

    @Override
    default Aux groupNorm(GroupNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        return normalise(Groups.channelGroups(x.shape(), spec), spec.eps(), x, gamma, beta, y);
    }

    @Override
    default void groupNormBackward(GroupNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        Groups groups = Groups.channelGroups(x.shape(), spec);
        backward(groups, (Moments) aux, dy, x, gamma, dx);
        affineBackward(groups, (Moments) aux, dy, x, dgamma, dbeta);
    }

    @Override
    default void localResponseNorm(LocalResponseNormSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        int channels = xs.dim(1);
        int plane = plane(xs.shape());
        for (int i = 0; i < x.size(); i++) {
            y.set(i, x.get(i) * Math.pow(denominator(spec, x, i, channels, plane), -spec.beta()));
        }
    }

    @Override
    default void localResponseNormBackward(LocalResponseNormSpec spec, NDArray dys, NDArray xs, NDArray ys,
            Target target) {
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(xs);
        Sums dx = Sums.of(target);
        int channels = xs.dim(1);
        int plane = plane(xs.shape());
        for (int i = 0; i < x.size(); i++) {
            double d = denominator(spec, x, i, channels, plane);
            dx.add(i, dy.get(i) * Math.pow(d, -spec.beta()));
            double common = -2 * spec.alpha() * spec.beta() / spec.size() * dy.get(i) * x.get(i)
                    * Math.pow(d, -spec.beta() - 1);
            int c = i / plane % channels;
            for (int other = first(spec, c); other <= last(spec, c, channels); other++) {
                int j = i + (other - c) * plane;
                dx.add(j, common * x.get(j));
            }
        }
        dx.store();
    }

    /// Which elements are normalised together, and which share γ and β, by row-major index.
    ///
    /// @param count   number of groups
    /// @param members elements in each
    /// @param of      element → its group
    /// @param affine  element → its γ and β
    record Groups(int count, int members, java.util.function.IntUnaryOperator group,
            java.util.function.IntUnaryOperator affine) {

        int of(int i) {
            return group.applyAsInt(i);
        }

        /// Batch norm: one group per channel, over the batch and the plane.
        static Groups channels(Shape x) {
            int plane = plane(x);
            int channels = x.dim(1);
            int members = channels == 0 ? 0 : (int) (x.size() / channels);
            return new Groups(channels, members, i -> i / plane % channels, i -> i / plane % channels);
        }

        /// Layer norm: one group per row of the last axes.
        static Groups rows(Shape x, LayerNormSpec spec) {
            int members = (int) spec.normalizedShape(x).size();
            return new Groups((int) (x.size() / Math.max(1, members)), members, i -> i / members, i -> i % members);
        }

        /// Group norm: neighbouring channels of one image.
        static Groups channelGroups(Shape x, GroupNormSpec spec) {
            int plane = plane(x);
            int members = x.dim(1) / spec.groups() * plane;
            return new Groups(x.dim(0) * spec.groups(), members, i -> i / members, i -> i / plane % x.dim(1));
        }
    }

    /// Mean and `1/√(σ² + ε)` of every group, kept for backward.
    record Moments(double[] mean, double[] inverse) implements Aux {
        /// The normalised element.
        double hat(Groups groups, Cells x, int i) {
            int g = groups.of(i);
            return (x.get(i) - mean[g]) * inverse[g];
        }
    }

    private static Moments normalise(Groups groups, double eps, NDArray xs, NDArray gammas, NDArray betas,
            NDArray ys) {
        Cells x = Cells.of(xs);
        double[] mean = new double[groups.count];
        double[] variance = new double[groups.count];
        moments(groups, x, mean, variance);
        var moments = new Moments(mean, inverse(variance, eps));
        Cells gamma = Cells.of(gammas);
        Cells beta = Cells.of(betas);
        Cells y = Cells.of(ys);
        for (int i = 0; i < x.size(); i++) {
            y.set(i, affine(groups, gamma, beta, i, moments.hat(groups, x, i)));
        }
        return moments;
    }

    /// Mean and biased variance of every group; the variance from centred values, so that a large mean costs nothing.
    private static void moments(Groups groups, Cells x, double[] mean, double[] variance) {
        for (int i = 0; i < x.size(); i++) {
            mean[groups.of(i)] += x.get(i) / groups.members;
        }
        for (int i = 0; i < x.size(); i++) {
            double d = x.get(i) - mean[groups.of(i)];
            variance[groups.of(i)] += d * d / groups.members;
        }
    }

    private static double[] inverse(double[] variance, double eps) {
        return java.util.Arrays.stream(variance).map(v -> 1 / Math.sqrt(v + eps)).toArray();
    }

    private static double scale(Groups groups, Cells gamma, int i) {
        return gamma == null ? 1 : gamma.get(groups.affine.applyAsInt(i));
    }

    private static double affine(Groups groups, Cells gamma, Cells beta, int i, double hat) {
        double scaled = scale(groups, gamma, i) * hat;
        return beta == null ? scaled : scaled + beta.get(groups.affine.applyAsInt(i));
    }

    /// With `g = γ·dy` and means over the group: `dx = (g − mean(g) − x̂·mean(g·x̂))/√(σ² + ε)`.
    private static void backward(Groups groups, Moments moments, NDArray dys, NDArray xs, NDArray gammas,
            Target target) {
        if (target == null) {
            return;
        }
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(xs);
        Cells gamma = Cells.of(gammas);
        double[] meanG = new double[groups.count];
        double[] meanGx = new double[groups.count];
        for (int i = 0; i < x.size(); i++) {
            double g = scale(groups, gamma, i) * dy.get(i);
            meanG[groups.of(i)] += g / groups.members;
            meanGx[groups.of(i)] += g * moments.hat(groups, x, i) / groups.members;
        }
        Sums dx = Sums.of(target);
        for (int i = 0; i < x.size(); i++) {
            double g = scale(groups, gamma, i) * dy.get(i);
            int group = groups.of(i);
            dx.add(i, moments.inverse[group]
                    * (g - meanG[group] - moments.hat(groups, x, i) * meanGx[group]));
        }
        dx.store();
    }

    /// `dγ = Σ dy·x̂`, `dβ = Σ dy`.
    private static void affineBackward(Groups groups, Moments moments, NDArray dys, NDArray xs, Target dgamma,
            Target dbeta) {
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(xs);
        Sums gammaSums = dgamma == null ? null : Sums.of(dgamma);
        Sums betaSums = dbeta == null ? null : Sums.of(dbeta);
        for (int i = 0; i < x.size(); i++) {
            int at = groups.affine.applyAsInt(i);
            if (gammaSums != null) {
                gammaSums.add(at, dy.get(i) * moments.hat(groups, x, i));
            }
            if (betaSums != null) {
                betaSums.add(at, dy.get(i));
            }
        }
        if (gammaSums != null) {
            gammaSums.store();
        }
        if (betaSums != null) {
            betaSums.store();
        }
    }

    /// Elements of one channel of one image.
    private static int plane(Shape x) {
        int plane = 1;
        for (int axis = 2; axis < x.rank(); axis++) {
            plane *= x.dim(axis);
        }
        return plane;
    }

    /// `k + α/size · Σ x²` over the window of channels around element `i`.
    private static double denominator(LocalResponseNormSpec spec, Cells x, int i, int channels, int plane) {
        int c = i / plane % channels;
        double sum = 0;
        for (int other = first(spec, c); other <= last(spec, c, channels); other++) {
            double v = x.get(i + (other - c) * plane);
            sum += v * v;
        }
        return spec.k() + spec.alpha() / spec.size() * sum;
    }

    private static int first(LocalResponseNormSpec spec, int c) {
        return Math.max(0, c - spec.size() / 2);
    }

    private static int last(LocalResponseNormSpec spec, int c, int channels) {
        return Math.min(channels - 1, c + (spec.size() - 1) / 2);
    }
}
