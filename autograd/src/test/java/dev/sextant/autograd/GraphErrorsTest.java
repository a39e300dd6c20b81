package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.op.UnarySpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// What a wrong call says: the operation, the shapes, the rule with its numbers, the remedy.
class GraphErrorsTest {
    private static final BatchNormSpec TRAINING = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);

    private static NDArray array(int... dims) {
        Shape shape = Shape.of(dims);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return NDArray.of(values, shape, Device.ref());
    }

    private static Var leaf(int... dims) {
        return Var.leaf(array(dims));
    }

    private static NDArray ints(int... values) {
        return NDArray.of(values, Shape.of(values.length), Device.ref());
    }

    /// The call fails with that kind of exception, and its message holds every one of the parts.
    private static void fails(Class<? extends SextantException> kind, Executable call, String... parts) {
        String message = assertThrows(kind, call).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + message + "' does not say '" + part + "'");
        }
    }

    private static void badShape(Executable call, String... parts) {
        fails(ShapeException.class, call, parts);
    }

    // ---- shapes ----

    @Test
    void convolutionShapes() {
        badShape(() -> Convolution.conv2d(Conv2dSpec.of(1, 0), leaf(2, 3, 5, 5), leaf(4, 2, 3, 3), null), "conv2d",
                "[2, 3, 5, 5]", "C=3", "[4, 2, 3, 3]", "groups=1");
        badShape(() -> Convolution.conv2d(Conv2dSpec.of(1, 0), leaf(2, 3, 5, 5), leaf(4, 3, 7, 3), null), "conv2d",
                "H=5", "kernel 7", "-2 >= 0", "larger input or padding");
        badShape(() -> Convolution.conv2d(Conv2dSpec.of(1, 0), leaf(3, 5, 5), leaf(4, 3, 3, 3), null), "conv2d",
                "[N, C, H, W]", "[3, 5, 5]");
        badShape(() -> Convolution.conv2d(Conv2dSpec.of(1, 0), leaf(2, 3, 5, 5), leaf(4, 3, 3, 3), leaf(3)), "bias",
                "[4]", "[3]");
        badShape(() -> Conv2dSpec.of(0, 0), "conv2d", "stride", ">= 1", "0");
        badShape(() -> Conv2dSpec.of(1, -1), "conv2d", "pad", ">= 0", "-1");
    }

    @Test
    void productShapes() {
        badShape(() -> Linear.linear(LinearSpec.PLAIN, leaf(2, 6), leaf(3, 5), null), "linear", "[2, 6]", "in=5",
                "[3, 5]");
        badShape(() -> Linear.linear(LinearSpec.PLAIN, leaf(2, 5), leaf(3, 5), leaf(5)), "bias", "[3]", "[5]");
        badShape(() -> Matmul.matmul(leaf(2, 3), leaf(4, 5)), "matmul", "[2, 3]", "3", "[4, 5]", "4");
        badShape(() -> Matmul.matmul(leaf(2, 3, 4), leaf(3, 4, 5)), "matmul", "2 and 3");
        badShape(() -> Matmul.matmul(leaf(), leaf(4)), "matmul", "[]", "Arithmetic.mul");
    }

    @Test
    void poolingShapes() {
        badShape(() -> Pooling.pool2d(Pool2dSpec.max(4, 2, 0), leaf(1, 1, 3, 9)), "max_pool2d", "H=3", "kernel 4");
        badShape(() -> Pool2dSpec.avg(2, 2, 2), "pad (2, 2)", "half of kernel (2, 2)");
        badShape(() -> Pooling.pool2dWithIndices(Pool2dSpec.avg(2, 2, 0), leaf(1, 1, 4, 4)), "avg_pool2d", "indices");
    }

    @Test
    void normalizationShapes() {
        badShape(() -> Normalization.batchNorm(TRAINING, leaf(2, 3, 4, 4), leaf(4), leaf(4), null, null), "batch_norm",
                "[2, 3, 4, 4]", "C=3", "4");
        badShape(() -> Normalization.batchNorm(TRAINING, leaf(1, 3), null, null, null, null), "batch_norm", "[1, 3]",
                "eval()");
        badShape(() -> Normalization.batchNorm(new BatchNormSpec(1e-5, 0.1, false, UnarySpec.IDENTITY), leaf(2, 3),
                null, null, null, null), "batch_norm", "running");
        badShape(() -> Normalization.batchNorm(TRAINING, leaf(2, 3), leaf(3), null, null, null), "gamma and beta");
        badShape(() -> Normalization.batchNorm(TRAINING, leaf(2, 3), leaf(3), leaf(3), array(3), array(2)),
                "runningVar", "[3]", "[2]");
        badShape(() -> Normalization.layerNorm(new LayerNormSpec(3, 1e-5), leaf(2, 3), null, null), "layer_norm",
                "[2, 3]", "3");
        badShape(() -> Normalization.groupNorm(new GroupNormSpec(2, 1e-5), leaf(2, 3, 4, 4), null, null), "group_norm",
                "groups=2", "[2, 3, 4, 4]");
    }

    @Test
    void broadcastingShapes() {
        badShape(() -> Arithmetic.add(leaf(2, 3), leaf(2, 4)), "add", "[2, 3]", "[2, 4]", "3 and 4");
        badShape(() -> Arithmetic.where(ints(1, 0), leaf(3), leaf(3)), "where", "[2]", "[3]");
        badShape(() -> Shaping.expand(leaf(2, 3), Shape.of(2, 4)), "expand", "[2, 3]", "[2, 4]");
    }

    @Test
    void axesAndParts() {
        badShape(() -> Reductions.sum(leaf(2, 3), false, 2), "axis 2", "[2, 3]", "-2..1");
        badShape(() -> Reductions.softmax(leaf(2, 3), -3), "axis -3", "[2, 3]");
        badShape(() -> Reductions.argmax(leaf(2, 3, 4), false, 0, 1), "argmax", "one axis");
        badShape(() -> Reductions.max(Var.leaf(array(0, 3)), false), "max", "[0, 3]", "no elements");
        badShape(() -> Shaping.reshape(leaf(2, 3), 4, 2), "reshape", "[2, 3]", "6 elements", "[4, 2]");
        badShape(() -> Shaping.reshape(leaf(2, 3), -1, -1), "reshape");
        badShape(() -> Shaping.narrow(leaf(2, 3), 1, 2, 2), "2..4", "axis 1", "[2, 3]", "extent 3");
        badShape(() -> Shaping.permute(leaf(2, 3), 0, 0), "permute", "axis 0", "twice");
        badShape(() -> Shaping.squeeze(leaf(2, 3), 0), "squeeze", "axis 0", "extent 2");
        badShape(() -> Shaping.unsqueeze(leaf(2, 3), 4), "unsqueeze", "[2, 3]", "-3..2");
        badShape(() -> Shaping.repeat(leaf(2, 3), 2), "repeat", "[2, 3]", "at least 2");
        badShape(() -> Shaping.flatten(leaf(2, 3, 4), 2, 1), "flatten", "[2, 3, 4]");
        badShape(() -> Shaping.concat(0, List.of(leaf(2, 3), leaf(2, 4))), "concat", "axis 0", "[2, 3]", "[2, 4]");
        badShape(() -> Shaping.concat(0, List.of()), "concat", "at least one");
        badShape(() -> Shaping.stack(0, List.of(leaf(2, 3), leaf(3, 2))), "stack", "[2, 3]", "[3, 2]");
        badShape(() -> Shaping.pad(new PadSpec(PadSpec.Mode.REFLECT, 3, 0, 0, 0, 0), leaf(2, 3)), "pad", "REFLECT",
                "left 3", "[2, 3]");
        badShape(() -> Shaping.indexSelect(leaf(2, 3), 0, NDArray.of(new int[4], Shape.of(2, 2), Device.ref())),
                "index_select", "[n]", "[2, 2]");
        badShape(() -> Shaping.gather(leaf(2, 3), 0, NDArray.of(new int[8], Shape.of(2, 4), Device.ref())), "gather",
                "[2, 4]", "[2, 3]", "axis 1");
    }

    @Test
    void lossShapes() {
        badShape(() -> Losses.crossEntropy(leaf(3, 4), ints(1, 2)), "cross_entropy", "[3]", "[3, 4]", "[2]");
        badShape(() -> Losses.crossEntropy(CrossEntropySpec.MEAN, leaf(3, 4), ints(1, 2, 0), array(3)), "weight",
                "[4]", "[3]");
        badShape(() -> Losses.mse(leaf(3, 4), leaf(3)), "mse_loss", "[3, 4]", "[3]");
        badShape(() -> Losses.crossEntropy(leaf(3), ints(1, 2, 0)), "cross_entropy", "[N, C]", "[3]");
    }

    // ---- element types, devices, data ----

    @Test
    void elementTypes() {
        Var integers = Var.of(ints(1, 2));
        Var doubles = Var.leaf(NDArray.of(new double[] {1, 2}, Shape.of(2), Device.ref()));
        fails(DTypeException.class, () -> Pointwise.relu(integers), "relu", "int32", "cast");
        fails(DTypeException.class, () -> Arithmetic.add(leaf(2), doubles), "add", "float32", "float64", "cast");
        fails(DTypeException.class, () -> Losses.crossEntropy(leaf(2, 3), array(2)), "cross_entropy", "target",
                "int32");
        fails(DTypeException.class, () -> Shaping.indexSelect(leaf(2, 3), 0, array(2)), "index_select", "index",
                "int32");
        fails(DTypeException.class, () -> Losses.nll(Reduction.MEAN, leaf(2, 3), array(2), null), "nll_loss",
                "int32");
        fails(GraphException.class, () -> Var.leaf(ints(1)), "leaf", "floating");
        fails(DTypeException.class, () -> NDArray.of(new double[] {1}, Shape.of(1), Device.standard()), "float64",
                "ref");
    }

    @Test
    void mixedDevices() {
        Var here = leaf(2, 3);
        Var there = Var.leaf(NDArray.of(new float[6], Shape.of(2, 3), Device.standard()));
        fails(DeviceException.class, () -> Arithmetic.add(here, there), "add", "ref", "simd", "x.to(device)");
        NDArray labels = NDArray.of(new int[2], Shape.of(2), Device.standard());
        fails(DeviceException.class, () -> Losses.crossEntropy(here, labels), "cross_entropy", "ref", "simd");
        fails(DeviceException.class, () -> Linear.linear(LinearSpec.PLAIN, here, there, null), "linear");
        fails(DeviceException.class, () -> new GradCheckTest.Cube(3).apply(here, there), "cube");
    }

    @Test
    void labelsAndIndicesOutside() {
        fails(DataException.class, () -> Losses.crossEntropy(leaf(2, 3), ints(0, 3)), "cross_entropy", "label 3",
                "item 1", "0..2");
        fails(DataException.class, () -> Losses.crossEntropy(leaf(2, 3), ints(-1, 0)), "label -1", "item 0");
        fails(DataException.class, () -> Losses.nll(Reduction.SUM, leaf(2, 3), ints(0, 7), null), "nll_loss",
                "label 7");
        fails(DataException.class, () -> Shaping.indexSelect(leaf(2, 3), 1, ints(0, -1)), "index_select", "index -1",
                "position 1", "0..2");
        fails(DataException.class, () -> Shaping.gather(leaf(2), 0, ints(2)), "gather", "index 2", "0..1");
    }

    @Test
    void anActivationThatNeedsItsInputIsNotFused() {
        var spec = Conv2dSpec.of(1, 0).with(UnarySpec.of(UnarySpec.Kind.SILU));
        fails(GraphException.class, () -> Convolution.conv2d(spec, leaf(1, 1, 2, 2), leaf(1, 1, 1, 1), null), "conv2d",
                "silu", "Pointwise.unary");
    }

    // ---- the graph ----

    @Test
    void backwardTwice() {
        Var x = leaf(3);
        Var loss = Reductions.sum(Pointwise.square(x), false);
        loss.backward();
        fails(GraphException.class, loss::backward, "backward", "consumed", "forward pass again");
        assertEquals(2, x.grad().toFloats()[0], "the first gradient is untouched");
    }

    @Test
    void backwardOfNoScalarAndOfConstants() {
        fails(GraphException.class, () -> Pointwise.square(leaf(3)).backward(), "scalar", "[3]", "backward(dy)");
        fails(GraphException.class, () -> Var.of(array()).backward(), "no leaf");
        fails(GraphException.class, () -> Pointwise.square(leaf(3)).backward(array(2)), "[2]", "[3]");
        try (var _ = GradMode.off()) {
            Var y = Reductions.sum(leaf(3), false);
            fails(GraphException.class, y::backward, "recording was off");
        }
    }

    @Test
    void aSavedTensorThatWasChanged() {
        Var x = leaf(3);
        Var loss = Reductions.sum(Pointwise.square(x), false);
        x.value().fill(5);
        fails(GraphException.class, loss::backward, "square", "changed in place by fill", "x.copy()");
    }

    @Test
    void changingWhatNobodyKeptIsFine() {
        Var x = leaf(3);
        Var loss = Reductions.sum(Arithmetic.add(x, leaf(3)), false);
        x.value().fill(5);
        loss.backward();
        assertEquals(1, x.grad().toFloats()[0]);
    }

    @Test
    void batchNormBumpsItsRunningStatistics() {
        NDArray mean = array(3);
        NDArray variance = array(3);
        Var loss = Reductions.sum(Arithmetic.mul(Var.of(mean), leaf(3)), false);
        Normalization.batchNorm(TRAINING, leaf(2, 3), null, null, mean, variance);
        fails(GraphException.class, loss::backward, "mul", "changed in place by batch_norm");
        assertEquals("batch_norm", variance.storage().lastWriter());
    }

    @Test
    void useAfterTheScope() {
        Var x = leaf(3);
        Var escaped;
        Var loss;
        try (var _ = Scope.open("step 7")) {
            escaped = Pointwise.square(x);
            loss = Reductions.sum(Pointwise.square(escaped), false);
        }
        Var late = escaped;
        fails(ScopeException.class, () -> Pointwise.relu(late), "relu", "[3]", "scope.keep", "x.copy()");
        fails(ScopeException.class, () -> Shaping.reshape(late, 1, 3), "reshape");
        fails(ScopeException.class, () -> loss.item(), "scope");
        fails(ScopeException.class, loss::backward, "backward of square", "scope");
    }
}
