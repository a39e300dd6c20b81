package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.spi.ReduceKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;

/// Launches `reduce.cu`.
interface CudaReduce extends ReduceKernels, CudaFamily {
    /// `R_DOT` of the kernels: Σ x·other.
    int DOT = Kind.values().length;
    /// Threads of a block of `reduce`.
    int THREADS = 256;

    /// What `reduce` leaves; each may be null.
    ///
    /// @param y    the reduction
    /// @param at   the winners
    /// @param stat means, or numbers of ties
    record Results(NDArray y, NDArray at, NDArray stat) {
    }

    /// `out (+)=` the reduction of number `kind`.
    static void run(Launcher launcher, Reduction r, int kind, float divisor, NDArray x, NDArray other, Results out,
            int add) {
        launcher.blocks("reduce", "reduce", r.blocks(), THREADS, LaunchParameters.begin().struct(r.fields())
                .int32(kind).int32(r.lanes()).float32(divisor).pointer(at(x)).pointer(at(other)).pointer(at(out.y))
                .pointer(at(out.at)).pointer(at(out.stat)).int32(add), x, other, out.y, out.at, out.stat);
    }

    /// `y (+)= Σ x`, both dense.
    static void sum(Launcher launcher, Reduction r, NDArray x, NDArray y, int add) {
        run(launcher, r, Kind.SUM.ordinal(), 1, x, null, new Results(y, null, null), add);
    }

    /// A dense array of `extents` for results in between.
    static NDArray scratch(NDArray like, int... extents) {
        return NDArray.empty(Shape.of(extents), DType.FLOAT32, like.device());
    }

    private static Reduction of(ReduceSpec spec, Shape x) {
        return Reduction.of(spec.opName(), x, spec.axes()::contains);
    }

    private static float divisor(ReduceSpec spec, Reduction r) {
        return switch (spec.kind()) {
            case MEAN -> r.each();
            case VAR, STD -> spec.unbiased() ? r.each() - 1 : r.each();
            default -> 1;
        };
    }

    @Override
    default void reduce(ReduceSpec spec, NDArray x, NDArray y, NDArray indices) {
        NDArray xd = floats(spec.opName(), x);
        var r = of(spec, x.shape());
        boolean positions = spec.kind() == Kind.ARGMAX || spec.kind() == Kind.ARGMIN;
        if (positions) {
            CudaStorage.changed(y);
        }
        if (indices != null) {
            CudaStorage.changed(indices);
        }
        launcher().into(y, Write.SET, (yd, add) -> {
            if (indices == null) {
                run(launcher(), r, spec.kind().ordinal(), divisor(spec, r), xd, null,
                        new Results(positions ? null : yd, positions ? yd : null, null), 0);
            } else {
                launcher().into(indices, Write.SET, (to, ignored) -> run(launcher(), r, spec.kind().ordinal(),
                        divisor(spec, r), xd, null, new Results(yd, to, null), 0));
            }
        });
    }

    @Override
    default void reduceBackward(ReduceSpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        var r = of(spec, dx.array().shape());
        NDArray dyd = floats(spec.opName(), dy);
        if (spec.kind() == Kind.PROD) {
            NDArray xd = floats(spec.opName(), x);
            launcher().into(new Target(dx.array(), dx.write()), (to, add) -> {
                NDArray own = add == 0 ? to : scratch(dy, dx.array().shape().dims());
                launcher().elements("reduce", "product_backward", r.outputs(), LaunchParameters.begin()
                        .struct(r.fields()).pointer(at(xd)).pointer(at(dyd)).pointer(at(own)), xd, dyd, own);
                if (own != to) {
                    to.device().kernels().copy(own, to, Write.ADD);
                }
            });
            return;
        }
        boolean linear = spec.kind() == Kind.SUM || spec.kind() == Kind.MEAN;
        NDArray xd = linear ? null : floats(spec.opName(), x);
        var again = linear ? new Results(null, null, null)
                : new Results(scratch(dy, r.outputs()),
                        NDArray.empty(Shape.of(r.outputs()), DType.INT32, dy.device()), scratch(dy, r.outputs()));
        if (!linear) {
            run(launcher(), r, spec.kind().ordinal(), divisor(spec, r), xd, null, again, 0);
        }
        launcher().into(dx, (to, add) -> launcher().elements("reduce", "reduce_backward", to.size(),
                LaunchParameters.begin().struct(r.fields()).int32(spec.kind().ordinal()).float32(divisor(spec, r))
                        .pointer(at(xd)).pointer(at(again.y)).pointer(at(again.at)).pointer(at(again.stat))
                        .pointer(at(dyd)).pointer(at(to)).int32(add),
                xd, again.y, again.at, again.stat, dyd, to));
    }

    @Override
    default void cumsum(CumsumSpec spec, NDArray x, NDArray y) {
        runningSum(spec, x, y, Write.SET, 0);
    }

    @Override
    default void cumsumBackward(CumsumSpec spec, NDArray dy, Target dx) {
        runningSum(spec, dy, dx.array(), dx.write(), 1);
    }

    private void runningSum(CumsumSpec spec, NDArray x, NDArray y, Write write, int backward) {
        NDArray xd = floats("cumsum", x);
        var r = Reduction.of("cumsum", x.shape(), axis -> axis == spec.axis());
        launcher().into(y, write, (yd, add) -> launcher().elements("reduce", "running_sum", r.outputs(),
                LaunchParameters.begin().struct(r.fields()).int32(backward).pointer(at(xd)).pointer(at(yd)).int32(add),
                xd, yd));
    }

    @Override
    default void softmax(SoftmaxSpec spec, NDArray x, NDArray y) {
        NDArray xd = floats(spec.opName(), x);
        var r = Reduction.of(spec.opName(), x.shape(), axis -> axis == spec.axis());
        launcher().into(y, Write.SET, (yd, add) -> launcher().blocks("reduce", "softmax_forward", r.blocks(), THREADS,
                LaunchParameters.begin().struct(r.fields()).int32(r.lanes()).int32(spec.log() ? 1 : 0).pointer(at(xd))
                        .pointer(at(yd)),
                xd, yd));
    }

    @Override
    default void softmaxBackward(SoftmaxSpec spec, NDArray y, NDArray dy, Target dx) {
        NDArray yd = floats(spec.opName(), y);
        NDArray dyd = floats(spec.opName(), dy);
        var r = Reduction.of(spec.opName(), y.shape(), axis -> axis == spec.axis());
        launcher().into(dx, (to, add) -> launcher().blocks("reduce", "softmax_backward", r.blocks(), THREADS,
                LaunchParameters.begin().struct(r.fields()).int32(r.lanes()).int32(spec.log() ? 1 : 0).pointer(at(yd))
                        .pointer(at(dyd)).pointer(at(to)).int32(add),
                yd, dyd, to));
    }
}
