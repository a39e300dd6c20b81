package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.NormKernels;
import dev.sextant.engine.spi.Target;

/// Normalisations. Statistics take two passes (mean, then squares around it), each summed as [Sums] says.
interface SimdNorm extends NormKernels, SimdPointwise {

    /// Mean and inverse deviation of every channel (or group, or row).
    record Moments(NDArray mean, NDArray inverse) implements Aux {
        static Moments empty(int count, NDArray like) {
            return new Moments(NDArray.empty(Shape.of(count), DType.FLOAT32, like.device()),
                    NDArray.empty(Shape.of(count), DType.FLOAT32, like.device()));
        }

        float meanOf(int i) {
            return HostStorage.floats(mean)[HostStorage.start(mean) + i];
        }

        float inverseOf(int i) {
            return HostStorage.floats(inverse)[HostStorage.start(inverse) + i];
        }

        void put(int i, double m, double inv) {
            HostStorage.floats(mean)[HostStorage.start(mean) + i] = (float) m;
            HostStorage.floats(inverse)[HostStorage.start(inverse) + i] = (float) inv;
        }
    }

    @Override
    default Aux batchNorm(BatchNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray runningMean,
            NDArray runningVar, NDArray y) {
        if (BlockedView.is(x) && BlockedView.is(y)) {
            return BlockedNorm.forward(workers(), spec, x, null, gamma, beta, runningMean, runningVar, y);
        }
        NDArray source = Dense.of(x);
        var from = Strides.of(source);
        var to = Dense.into(y);
        int channels = x.dim(1);
        int images = x.dim(0);
        int plane = Channels.planeSize(x);
        var moments = Moments.empty(channels, x);
        Vector1 g = Vector1.of(gamma);
        Vector1 b = Vector1.of(beta);
        Vector1 mean = Vector1.of(runningMean);
        Vector1 var = Vector1.of(runningVar);
        boolean relu = spec.activation().kind() == UnarySpec.Kind.RELU;
        workers().run(channels, c -> {
            if (spec.training()) {
                Channels.batchMoments(spec, from.data(), from.base() + c * plane, images, channels * plane, plane,
                        moments, c, mean, var);
            } else {
                moments.put(c, mean.get(c), 1 / Math.sqrt(var.get(c) + spec.eps()));
            }
            float a = g.get(c, 1) * moments.inverseOf(c);
            float shift = b.get(c, 0);
            for (int n = 0; n < images; n++) {
                int at = (n * channels + c) * plane;
                int s = from.base() + at;
                int t = to.start() + at;
                if (relu) {
                    Loops.normalizeRelu(moments.meanOf(c), a, shift, from.data(), s, to.data(), t, plane);
                } else {
                    Loops.normalize(moments.meanOf(c), a, shift, from.data(), s, to.data(), t, plane);
                    if (!spec.activation().isIdentity()) {
                        Unary.apply(spec.activation(), to.data(), t, to.data(), t, plane);
                    }
                }
            }
        });
        to.store(this);
        return moments;
    }

    /// `dx = γ·inv·(dz − mean(dz) − x̂·mean(dz·x̂))` in training, `γ·inv·dz` in evaluation.
    @Override
    default void batchNormBackward(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        if (aux instanceof BlockedNorm.Kept kept) {
            // The gradient of a blocked array is blocked, as that of every value has its layout.
            var incoming = new BlockedNorm.Incoming(BlockedMoves.blocked(workers(), dz), null, null, false);
            BlockedNorm.backward(workers(), spec, incoming, x, gamma, kept, dx, dgamma, dbeta);
            return;
        }
        var moments = (Moments) aux;
        var z = Strides.of(Dense.of(dz));
        var from = Strides.of(Dense.of(x));
        int channels = x.dim(1);
        int images = x.dim(0);
        int plane = Channels.planeSize(x);
        Vector1 g = Vector1.of(gamma);
        Vector1 dg = Vector1.of(dgamma == null ? null : dgamma.array());
        Vector1 db = Vector1.of(dbeta == null ? null : dbeta.array());
        var to = dx == null ? null : Dense.into(dx);
        double count = (double) images * plane;
        workers().run(channels, c -> {
            float mean = moments.meanOf(c);
            float inverse = moments.inverseOf(c);
            double sum = 0;
            double dot = 0;
            for (int n = 0; n < images; n++) {
                int at = (n * channels + c) * plane;
                sum += Sums.sum(z.data(), z.base() + at, plane, 1);
                dot += Sums.centredDot(z.data(), z.base() + at, from.data(), from.base() + at, plane, mean);
            }
            if (dg.isThere()) {
                dg.put(c, dot * inverse, dgamma.adds());
            }
            if (db.isThere()) {
                db.put(c, sum, dbeta.adds());
            }
            if (to == null) {
                return;
            }
            float a = g.get(c, 1) * inverse;
            float onX = spec.training() ? (float) (-a * inverse * (double) inverse * dot / count) : 0;
            float shift = spec.training() ? (float) (-a * sum / count) : 0;
            for (int n = 0; n < images; n++) {
                int at = (n * channels + c) * plane;
                if (spec.training()) {
                    Loops.centredCombine(mean, onX, a, shift, from.data(), from.base() + at, z.data(), z.base() + at,
                            to.data(), to.start() + at, plane);
                } else {
                    Loops.scale(a, z.data(), z.base() + at, to.data(), to.start() + at, plane);
                }
            }
        });
        if (to != null) {
            to.store(this);
        }
    }

    @Override
    default Aux layerNorm(LayerNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        int width = (int) spec.normalizedShape(x.shape()).size();
        int rows = (int) (x.size() / Math.max(1, width));
        var source = Strides.of(Dense.of(x));
        var to = Dense.into(y);
        var g = gamma == null ? null : Strides.of(Dense.of(gamma));
        var b = beta == null ? null : Strides.of(Dense.of(beta));
        var moments = Moments.empty(rows, x);
        workers().run(rows, r -> {
            int at = source.base() + r * width;
            int t = to.start() + r * width;
            Channels.moments(source.data(), at, 1, 0, width, spec.eps(), moments, r);
            Loops.normalize(moments.meanOf(r), moments.inverseOf(r), 0f, source.data(), at, to.data(), t, width);
            if (g != null) {
                Loops.mul(to.data(), t, g.data(), g.base(), to.data(), t, width);
            }
            if (b != null) {
                Loops.add(to.data(), t, b.data(), b.base(), to.data(), t, width);
            }
        });
        to.store(this);
        return moments;
    }

    @Override
    default void layerNormBackward(LayerNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        int width = (int) spec.normalizedShape(x.shape()).size();
        int rows = (int) (x.size() / Math.max(1, width));
        RowNorms.backward(this, new RowNorms.Problem(dy, x, gamma, (Moments) aux, rows, width, 1, width), dx, dgamma,
                dbeta);
    }

    @Override
    default Aux groupNorm(GroupNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        int channels = x.dim(1);
        int plane = Channels.planeSize(x);
        int perGroup = channels / spec.groups();
        int width = perGroup * plane;
        int rows = x.dim(0) * spec.groups();
        var source = Strides.of(Dense.of(x));
        var to = Dense.into(y);
        Vector1 g = Vector1.of(gamma);
        Vector1 b = Vector1.of(beta);
        var moments = Moments.empty(rows, x);
        workers().run(rows, r -> {
            Channels.moments(source.data(), source.base() + r * width, 1, 0, width, spec.eps(), moments, r);
            for (int i = 0; i < perGroup; i++) {
                int c = r % spec.groups() * perGroup + i;
                int at = r * width + i * plane;
                Loops.normalize(moments.meanOf(r), g.get(c, 1) * moments.inverseOf(r), b.get(c, 0), source.data(),
                        source.base() + at, to.data(), to.start() + at, plane);
            }
        });
        to.store(this);
        return moments;
    }

    @Override
    default void groupNormBackward(GroupNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        int plane = Channels.planeSize(x);
        int width = x.dim(1) / spec.groups() * plane;
        RowNorms.backward(this, new RowNorms.Problem(dy, x, gamma, (Moments) aux, x.dim(0) * spec.groups(), width,
                plane, x.dim(1)), dx, dgamma, dbeta);
    }

    @Override
    default void localResponseNorm(LocalResponseNormSpec spec, NDArray x, NDArray y) {
        ResponseNorm.forward(this, spec, x, y);
    }

    @Override
    default void localResponseNormBackward(LocalResponseNormSpec spec, NDArray dy, NDArray x, NDArray y, Target dx) {
        ResponseNorm.backward(this, spec, dy, x, dx);
    }
}
