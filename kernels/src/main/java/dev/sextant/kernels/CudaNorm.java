package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.NormKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;

/// Launches `norm.cu`.
interface CudaNorm extends NormKernels, CudaFamily {

    /// Mean and `1/√(σ² + ε)` of every group, in double.
    record Moments(NDArray mean, NDArray inverse) implements Aux {
    }

    /// The fields of `struct Groups`: element `i` belongs to group `i / groupInner % groups`, and has γ and β number
    /// `i / affineInner % affines`.
    record NormGroups(int size, int groupInner, int groups, int affineInner, int affines) {
        static NormGroups channels(Shape x) {
            int plane = plane(x);
            return new NormGroups((int) x.size(), plane, x.dim(1), plane, x.dim(1));
        }

        static NormGroups rows(Shape x, LayerNormSpec spec) {
            int members = (int) spec.normalizedShape(x).size();
            return new NormGroups((int) x.size(), members, (int) (x.size() / Math.max(1, members)), 1, members);
        }

        static NormGroups channelGroups(Shape x, GroupNormSpec spec) {
            int plane = plane(x);
            return new NormGroups((int) x.size(), x.dim(1) / spec.groups() * plane, x.dim(0) * spec.groups(), plane,
                    x.dim(1));
        }

        private static int plane(Shape x) {
            int plane = 1;
            for (int axis = 2; axis < x.rank(); axis++) {
                plane *= x.dim(axis);
            }
            return plane;
        }

        int[] fields() {
            return new int[] {size, groupInner, groups, affineInner, affines};
        }
    }

    @Override
    default Aux batchNorm(BatchNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray runningMean,
            NDArray runningVar, NDArray y) {
        var groups = NormGroups.channels(x.shape());
        NDArray xd = floats("batch_norm", x);
        Moments moments;
        if (spec.training()) {
            moments = moments(groups, xd, spec.eps(), (float) spec.momentum(), runningMean, runningVar);
        } else {
            moments = new Moments(doubles(x, groups.groups), doubles(x, groups.groups));
            NDArray mean = floats("batch_norm", runningMean);
            NDArray variance = floats("batch_norm", runningVar);
            launcher().elements("norm", "norm_running", groups.groups, LaunchParameters.begin().int32(groups.groups)
                    .float32((float) spec.eps()).pointer(at(mean)).pointer(at(variance)).pointer(at(moments.mean))
                    .pointer(at(moments.inverse)), mean, variance, moments.mean, moments.inverse);
        }
        apply(groups, spec.activation(), xd, moments, gamma, beta, y);
        return moments;
    }

    @Override
    default void batchNormBackward(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        backward(NormGroups.channels(x.shape()), spec.training(), dz, x, gamma, (Moments) aux, dx, dgamma, dbeta);
    }

    @Override
    default Aux layerNorm(LayerNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        return normalise(NormGroups.rows(x.shape(), spec), spec.eps(), x, gamma, beta, y);
    }

    @Override
    default void layerNormBackward(LayerNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        backward(NormGroups.rows(x.shape(), spec), true, dy, x, gamma, (Moments) aux, dx, dgamma, dbeta);
    }

    @Override
    default Aux groupNorm(GroupNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        return normalise(NormGroups.channelGroups(x.shape(), spec), spec.eps(), x, gamma, beta, y);
    }

    @Override
    default void groupNormBackward(GroupNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        backward(NormGroups.channelGroups(x.shape(), spec), true, dy, x, gamma, (Moments) aux, dx, dgamma, dbeta);
    }

    private Aux normalise(NormGroups groups, double eps, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        NDArray xd = floats("norm", x);
        Moments moments = moments(groups, xd, eps, 0, null, null);
        apply(groups, UnarySpec.IDENTITY, xd, moments, gamma, beta, y);
        return moments;
    }

    /// Room for `count` doubles; arrays have no such type here, so it is twice as many floats.
    private static NDArray doubles(NDArray like, int count) {
        return CudaReduce.scratch(like, 2 * count);
    }

    private Moments moments(NormGroups groups, NDArray x, double eps, float momentum, NDArray runningMean,
            NDArray runningVar) {
        var moments = new Moments(doubles(x, groups.groups), doubles(x, groups.groups));
        launcher().blocks("norm", "norm_moments", groups.groups, CudaReduce.THREADS, LaunchParameters.begin()
                .struct(groups.fields()).float32((float) eps).float32(momentum).pointer(at(x))
                .pointer(at(runningMean)).pointer(at(runningVar)).pointer(at(moments.mean))
                .pointer(at(moments.inverse)), x, runningMean, runningVar, moments.mean, moments.inverse);
        return moments;
    }

    private void apply(NormGroups groups, UnarySpec activation, NDArray x, Moments moments, NDArray gamma,
            NDArray beta, NDArray y) {
        NDArray gammas = floats("norm", gamma);
        NDArray betas = floats("norm", beta);
        boolean fuses = Activations.fuses(activation);
        UnarySpec f = fuses ? activation : UnarySpec.IDENTITY;
        launcher().into(y, Write.SET, (yd, add) -> {
            launcher().elements("norm", "norm_apply", yd.size(), LaunchParameters.begin().struct(groups.fields())
                    .int32(Activations.number(f)).float32((float) f.a()).float32((float) f.b()).pointer(at(x))
                    .pointer(at(moments.mean)).pointer(at(moments.inverse)).pointer(at(gammas)).pointer(at(betas))
                    .pointer(at(yd)), x, moments.mean, moments.inverse, gammas, betas, yd);
            if (!fuses) {
                yd.device().kernels().unary(activation, yd, yd);
            }
        });
    }

    private void backward(NormGroups groups, boolean statistics, NDArray dy, NDArray x, NDArray gamma, Moments moments,
            Target dx, Target dgamma, Target dbeta) {
        NDArray dyd = floats("norm", dy);
        NDArray xd = floats("norm", x);
        NDArray gammas = floats("norm", gamma);
        if (dx != null) {
            NDArray sum = statistics ? doubles(x, groups.groups) : null;
            NDArray sumHat = statistics ? doubles(x, groups.groups) : null;
            if (statistics) {
                launcher().blocks("norm", "norm_sums", groups.groups, CudaReduce.THREADS, LaunchParameters.begin()
                        .struct(groups.fields()).pointer(at(dyd)).pointer(at(xd)).pointer(at(moments.mean))
                        .pointer(at(moments.inverse)).pointer(at(gammas)).pointer(at(sum)).pointer(at(sumHat)), dyd,
                        xd, moments.mean, moments.inverse, gammas, sum, sumHat);
            }
            launcher().into(dx, (to, add) -> launcher().elements("norm", "norm_backward", to.size(),
                    LaunchParameters.begin().struct(groups.fields()).pointer(at(dyd)).pointer(at(xd))
                            .pointer(at(moments.mean)).pointer(at(moments.inverse)).pointer(at(gammas)).pointer(at(sum))
                            .pointer(at(sumHat)).pointer(at(to)).int32(add),
                    dyd, xd, moments.mean, moments.inverse, gammas, sum, sumHat, to));
        }
        launcher().into(dbeta, (to, add) -> affine(groups, dyd, xd, moments, null, to, add));
        launcher().into(dgamma, (to, add) -> affine(groups, dyd, xd, moments, to, null, add));
    }

    private void affine(NormGroups groups, NDArray dy, NDArray x, Moments moments, NDArray dgamma, NDArray dbeta,
            int add) {
        launcher().blocks("norm", "norm_affine_backward", groups.affines, CudaReduce.THREADS, LaunchParameters.begin()
                .struct(groups.fields()).pointer(at(dy)).pointer(at(x)).pointer(at(moments.mean))
                .pointer(at(moments.inverse)).pointer(at(dgamma)).pointer(at(dbeta)).int32(add), dy, x, moments.mean,
                moments.inverse, dgamma, dbeta);
    }

    private static LaunchParameters begin(LocalResponseNormSpec s, NDArray x) {
        int plane = NormGroups.plane(x.shape());
        return LaunchParameters.begin().struct((int) x.size(), x.dim(1), plane, s.size(),
                Float.floatToRawIntBits((float) (s.alpha() / s.size())), Float.floatToRawIntBits((float) s.beta()),
                Float.floatToRawIntBits((float) s.k()));
    }

    @Override
    default void localResponseNorm(LocalResponseNormSpec spec, NDArray x, NDArray y) {
        NDArray xd = floats(spec.opName(), x);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("norm", "response_forward", yd.size(),
                begin(spec, xd).pointer(at(xd)).pointer(at(yd)), xd, yd));
    }

    @Override
    default void localResponseNormBackward(LocalResponseNormSpec spec, NDArray dy, NDArray x, NDArray y, Target dx) {
        NDArray dyd = floats(spec.opName(), dy);
        NDArray xd = floats(spec.opName(), x);
        launcher().into(dx, (to, add) -> launcher().elements("norm", "response_backward", to.size(),
                begin(spec, xd).pointer(at(dyd)).pointer(at(xd)).pointer(at(to)).int32(add), dyd, xd, to));
    }
}
