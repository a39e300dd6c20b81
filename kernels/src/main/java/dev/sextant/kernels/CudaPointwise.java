package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.dense;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.PointwiseKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;

/// Launches `pointwise.cu`; filling and copying, which take any strides, are in `move.cu`.
interface CudaPointwise extends PointwiseKernels, CudaFamily {

    @Override
    default void fill(double value, NDArray y) {
        CudaStorage.changed(y);
        int bits = y.dtype() == DType.INT32 ? (int) value : Float.floatToRawIntBits((float) value);
        var walk = StridedWalk.of("fill", y, y);
        launcher().elements("move", "fill_bits", walk.count(),
                LaunchParameters.begin().struct(walk.fields()).pointer(CudaStorage.address(y)).int32(bits), y);
    }

    @Override
    default void copy(NDArray x, NDArray y, Write write) {
        CudaStorage.changed(y);
        String kernel = write == Write.SET ? "copy_bits" : y.dtype() == DType.INT32 ? "add_i32" : "add_f32";
        var walk = StridedWalk.of("copy", x, y);
        launcher().elements("move", kernel, walk.count(), LaunchParameters.begin().struct(walk.fields())
                .pointer(CudaStorage.address(x)).pointer(CudaStorage.address(y)), x, y);
    }

    private static LaunchParameters begin(UnarySpec f) {
        return LaunchParameters.begin().int32(f.kind().ordinal()).float32((float) f.a()).float32((float) f.b());
    }

    @Override
    default void unary(UnarySpec spec, NDArray x, NDArray y) {
        NDArray xd = floats(spec.opName(), x);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("pointwise", "unary_forward", yd.size(),
                begin(spec).pointer(at(xd)).pointer(at(yd)).int32((int) yd.size()), xd, yd));
    }

    @Override
    default void unaryBackward(UnarySpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        NDArray given = floats(spec.opName(), spec.kind().usesOutput() ? y : x);
        NDArray dyd = floats(spec.opName(), dy);
        launcher().into(dx, (to, add) -> launcher().elements("pointwise", "unary_backward", to.size(),
                begin(spec).pointer(at(given)).pointer(at(dyd)).pointer(at(to)).int32((int) to.size()).int32(add),
                given, dyd, to));
    }

    @Override
    default void binary(BinarySpec spec, NDArray a, NDArray b, NDArray y) {
        requireFloats(spec, a, b);
        var walk = Broadcast.of(spec.opName(), y.shape(), a, b);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("pointwise", "binary_forward", yd.size(),
                LaunchParameters.begin().struct(walk.fields()).int32(spec.kind().ordinal()).pointer(at(a))
                        .pointer(at(b)).pointer(at(yd)),
                a, b, yd));
    }

    private static void requireFloats(BinarySpec spec, NDArray... operands) {
        for (NDArray operand : operands) {
            if (operand.dtype() != DType.FLOAT32) {
                floats(spec.opName(), operand);
            }
        }
    }

    @Override
    default void binaryBackward(BinarySpec spec, NDArray a, NDArray b, NDArray dy, Target da, Target db) {
        requireFloats(spec, a, b, dy);
        var walk = Broadcast.of(spec.opName(), dy.shape(), a, b);
        NDArray dyd = dense(dy);
        for (Target target : new Target[] {da, db}) {
            // Both may name one array: then the second adds to what the first has set.
            boolean ofB = target == db && target != da;
            summed(spec.opName(), target, dy, (g, add) -> launcher().elements("pointwise", "binary_slope", g.size(),
                    LaunchParameters.begin().struct(walk.fields()).int32(spec.kind().ordinal()).int32(ofB ? 1 : 0)
                            .pointer(at(a)).pointer(at(b)).pointer(at(dyd)).pointer(at(g)).int32(add),
                    a, b, dyd, g));
        }
    }

    @Override
    default void where(NDArray condition, NDArray a, NDArray b, NDArray y) {
        var walk = Broadcast.of("where", y.shape(), a, b, condition);
        launcher().into(y, Write.SET, (yd, add) -> launcher().elements("pointwise", "where_forward", yd.size(),
                LaunchParameters.begin().struct(walk.fields()).int32(condition.dtype() == DType.INT32 ? 0 : 1)
                        .pointer(at(a)).pointer(at(b)).pointer(at(condition)).pointer(at(yd)),
                a, b, condition, yd));
    }

    @Override
    default void whereBackward(NDArray condition, NDArray dy, Target da, Target db) {
        var walk = Broadcast.of("where", dy.shape(), dy, dy, condition);
        NDArray dyd = floats("where", dy);
        for (Target target : new Target[] {da, db}) {
            boolean chosen = target == da;
            summed("where", target, dy, (g, add) -> launcher().elements("pointwise", "where_slope", g.size(),
                    LaunchParameters.begin().struct(walk.fields()).int32(condition.dtype() == DType.INT32 ? 0 : 1)
                            .int32(chosen ? 1 : 0).pointer(at(condition)).pointer(at(dyd)).pointer(at(g)).int32(add),
                    condition, dyd, g));
        }
    }

    /// Lets `kernel` make the gradient of every element of the result, and sums it over the axes along which the
    /// operand was repeated.
    private void summed(String op, Target target, NDArray dy,
            java.util.function.ObjIntConsumer<NDArray> kernel) {
        if (target == null) {
            return;
        }
        if (target.array().shape().equals(dy.shape())) {
            launcher().into(target, kernel);
            return;
        }
        NDArray g = NDArray.empty(dy.shape(), DType.FLOAT32, dy.device());
        kernel.accept(g, 0);
        int lead = dy.rank() - target.array().rank();
        var reduction = Reduction.of(op, dy.shape(),
                axis -> axis < lead || target.array().dim(axis - lead) == 1 && dy.dim(axis) != 1);
        launcher().into(target, (to, add) -> CudaReduce.sum(launcher(), reduction, g, to, add));
    }

    @Override
    default void dropout(DropoutSpec spec, NDArray x, NDArray y) {
        drop(spec, x, y, Write.SET);
    }

    @Override
    default void dropoutBackward(DropoutSpec spec, NDArray dy, Target dx) {
        drop(spec, dy, dx.array(), dx.write());
    }

    private void drop(DropoutSpec spec, NDArray x, NDArray y, Write write) {
        NDArray xd = floats("dropout", x);
        // Kept where unit >= p, and units are multiples of 2⁻²⁴: compared as integers.
        int least = (int) Math.ceil(spec.p() * 0x1p24);
        float scale = spec.p() < 1 ? (float) (1 / (1 - spec.p())) : 0;
        launcher().into(y, write, (yd, add) -> launcher().elements("pointwise", "dropout", yd.size(),
                LaunchParameters.begin()
                        .struct((int) spec.seed(), (int) (spec.seed() >>> 32), (int) spec.stream(),
                                (int) (spec.stream() >>> 32))
                        .int32(least).float32(scale).pointer(at(xd)).pointer(at(yd)).int32((int) yd.size()).int32(add),
                xd, yd));
    }
}
