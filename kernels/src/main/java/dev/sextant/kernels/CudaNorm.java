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
import dev.sextant.kernels.driver.Workspace;
import java.util.function.ObjIntConsumer;

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

        /// The members of groups.
        Members byGroup() {
            return members(groups, groupInner);
        }

        /// The elements that share γ and β.
        Members byAffine() {
            return members(affines, affineInner);
        }

        private Members members(int numbers, int inner) {
            return Members.of(size / Math.max(1, Math.multiplyExact(numbers, inner)), numbers, inner);
        }

        /// Whether groups share γ and β too, as in batch norm.
        boolean coincide() {
            return groups == affines && groupInner == affineInner;
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

    /// Two sums of every part, in double.
    private static long bytesOfParts(Members members) {
        return 2L * Double.BYTES * members.parts() * members.numbers();
    }

    private Moments moments(NormGroups groups, NDArray x, double eps, float momentum, NDArray runningMean,
            NDArray runningVar) {
        var moments = new Moments(doubles(x, groups.groups), doubles(x, groups.groups));
        var members = groups.byGroup();
        launcher().context().attach();
        try (var parts = launcher().memory().workspace(bytesOfParts(members))) {
            launcher().parts("norm", "norm_moments", members, LaunchParameters.begin().struct(members.fields())
                    .pointer(at(x)).pointer(parts.address()));
            launcher().elements("norm", "norm_moments_whole", groups.groups, LaunchParameters.begin()
                    .struct(members.fields()).int32(members.parts()).float32((float) eps).float32(momentum)
                    .pointer(at(x)).pointer(parts.address()).pointer(at(runningMean)).pointer(at(runningVar))
                    .pointer(at(moments.mean)).pointer(at(moments.inverse)), x, runningMean, runningVar, moments.mean,
                    moments.inverse);
        }
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
        var given = new Given(groups, floats("norm", dy), floats("norm", x), floats("norm", gamma), moments);
        boolean centres = statistics && dx != null;
        boolean affine = dgamma != null || dbeta != null;
        launcher().context().attach();
        try (var room = launcher().memory().workspace(2L * Double.BYTES * groups.groups)) {
            long sums = centres ? room.address() : 0;
            if (groups.coincide()) {
                if (centres || affine) {
                    sums(given, groups.byGroup(), null, given.gamma, sums, dgamma, dbeta);
                }
            } else {
                if (centres) {
                    sums(given, groups.byGroup(), given.gamma, null, sums, null, null);
                }
                if (affine) {
                    affineSums(given, dgamma, dbeta);
                }
            }
            launcher().into(dx, (to, add) -> launcher().elements("norm", "norm_backward", to.size(), given.begin()
                    .pointer(at(given.gamma)).pointer(sums).pointer(at(to)).int32(add), given.arrays(to)));
        }
    }

    /// What every kernel of the backward pass reads, dense.
    record Given(NormGroups groups, NDArray dy, NDArray x, NDArray gamma, Moments moments) {
        LaunchParameters begin(Members members) {
            return pointers(LaunchParameters.begin().struct(groups.fields()).struct(members.fields()));
        }

        LaunchParameters begin() {
            return pointers(LaunchParameters.begin().struct(groups.fields()));
        }

        private LaunchParameters pointers(LaunchParameters parameters) {
            return parameters.pointer(at(dy)).pointer(at(x)).pointer(at(moments.mean)).pointer(at(moments.inverse));
        }

        NDArray[] arrays(NDArray result) {
            return new NDArray[] {dy, x, gamma, moments.mean, moments.inverse, result};
        }
    }

    /// Sums over groups: each element times `weight`, the whole times `factor`; null is 1.
    private void sums(Given given, Members members, NDArray weight, NDArray factor, long sums, Target dgamma,
            Target dbeta) {
        try (var parts = launcher().memory().workspace(bytesOfParts(members))) {
            launcher().parts("norm", "norm_sums", members, given.begin(members).pointer(at(weight))
                    .pointer(parts.address()), given.arrays(weight));
            whole(members, parts, factor, sums, dgamma, dbeta);
        }
    }

    private void affineSums(Given given, Target dgamma, Target dbeta) {
        var members = given.groups.byAffine();
        try (var parts = launcher().memory().workspace(bytesOfParts(members))) {
            launcher().parts("norm", "norm_affine_sums", members, given.begin(members).pointer(parts.address()),
                    given.arrays(null));
            whole(members, parts, null, 0, dgamma, dbeta);
        }
    }

    /// Adds the parts up, into each place that is given.
    private void whole(Members members, Workspace parts, NDArray factor, long sums, Target dgamma, Target dbeta) {
        intoIfGiven(dgamma, (toGamma, addGamma) -> intoIfGiven(dbeta, (toBeta, addBeta) -> launcher().elements("norm",
                "norm_sums_whole", members.numbers(), LaunchParameters.begin().int32(members.numbers())
                        .int32(members.parts()).pointer(parts.address()).pointer(at(factor)).pointer(sums)
                        .pointer(at(toGamma)).int32(addGamma).pointer(at(toBeta)).int32(addBeta),
                factor, toGamma, toBeta)));
    }

    private void intoIfGiven(Target target, ObjIntConsumer<NDArray> kernel) {
        if (target == null) {
            kernel.accept(null, 0);
        } else {
            launcher().into(target, kernel);
        }
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
