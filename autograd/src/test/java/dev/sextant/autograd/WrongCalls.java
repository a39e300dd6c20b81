package dev.sextant.autograd;

import static dev.sextant.autograd.OpCalls.f;
import static dev.sextant.autograd.OpCalls.i;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// Wrong shapes, axes, sizes and labels for every public operation, with what the error must say.
final class WrongCalls {
    private static final Conv2dSpec CONV = Conv2dSpec.of(1, 0);
    private static final BatchNormSpec TRAINING = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);
    private static final BatchNormSpec EVALUATION = new BatchNormSpec(1e-5, 0.1, false, UnarySpec.IDENTITY);

    private WrongCalls() {
    }

    /// One wrong call.
    ///
    /// @param method     `Class.method/number of parameters`
    /// @param kind       which exception
    /// @param breaksAxis whether it is the axis that is wrong
    /// @param parts      what the message must contain
    record Wrong(String method, Class<? extends SextantException> kind, boolean breaksAxis,
            Function<Device, Object> body, String... parts) {
        void check(Device device) {
            String message = assertThrows(kind, () -> body.apply(device)).getMessage();
            for (String part : parts) {
                assertTrue(message.contains(part), () -> "'" + message + "' does not say '" + part + "'");
            }
        }
    }

    private static Wrong shape(String method, Function<Device, Object> body, String... parts) {
        return new Wrong(method, ShapeException.class, false, body, parts);
    }

    private static Wrong axis(String method, Function<Device, Object> body, String... parts) {
        return new Wrong(method, ShapeException.class, true, body, parts);
    }

    private static Wrong data(String method, Function<Device, Object> body, String... parts) {
        return new Wrong(method, DataException.class, false, body, parts);
    }

    private static Var v(Device d, int... dims) {
        return Var.leaf(f(dims).on(d));
    }

    private static NDArray labels(Device d, int... values) {
        return NDArray.of(values, Shape.of(values.length), d);
    }

    static Stream<Wrong> all() {
        return Stream.of(products(), pooling(), normalization(), pointwise(), arithmetic(), losses(), reductions(),
                shaping(), moves()).flatMap(s -> s);
    }

    private static Stream<Wrong> products() {
        String conv = "Convolution.conv2d/4";
        String linear = "Linear.linear/4";
        String product = "Matmul.matmul/2";
        int most = Integer.MAX_VALUE;
        return Stream.of(
                shape(conv, d -> Convolution.conv2d(CONV, v(d, 2, 3, 5, 5), v(d, 4, 2, 3, 3), null), "conv2d:",
                        "[2, 3, 5, 5]", "C=3", "[4, 2, 3, 3]", "groups=1", "= 2"),
                shape("Convolution.conv2d/5",
                        d -> Convolution.conv2d(CONV, v(d, 2, 3, 5, 5), v(d, 4, 2, 3, 3), null, null), "conv2d:",
                        "[2, 3, 5, 5]", "C=3", "[4, 2, 3, 3]", "groups=1", "= 2"),
                shape(conv, d -> Convolution.conv2d(CONV, v(d, 2, 3, 5, 5), v(d, 4, 3, 7, 3), null), "conv2d:", "H=5",
                        "kernel 7", "= -2 >= 0", "use a larger input or padding"),
                shape(conv, d -> Convolution.conv2d(CONV, v(d, 3, 5, 5), v(d, 4, 3, 3, 3), null), "conv2d:",
                        "[N, C, H, W]", "[3, 5, 5]", "3 axes"),
                shape(conv, d -> Convolution.conv2d(CONV, v(d, 1, 3, 5, 5), v(d, 4, 3, 3), null), "conv2d: w",
                        "[K, C/groups, R, S]", "[4, 3, 3]"),
                shape(conv, d -> Convolution.conv2d(CONV, v(d, 1, 3, 5, 5), v(d, 4, 3, 3, 3), v(d, 3)),
                        "conv2d: bias", "[4]", "[4, 3, 3, 3]", "[3]"),
                shape(conv, d -> Convolution.conv2d(new Conv2dSpec(Pair.ONE, Pair.ZERO, Pair.ONE, 2,
                        UnarySpec.IDENTITY), v(d, 1, 4, 5, 5), v(d, 3, 2, 3, 3), null), "conv2d:", "[3, 2, 3, 3]",
                        "K=3", "groups=2"),
                shape(conv, d -> Convolution.conv2d(Conv2dSpec.of(1, most), v(d, 1, 1, 5, 5), v(d, 1, 1, 3, 3), null),
                        "conv2d:", "pad 2147483647", "over 2^31"),
                shape(conv, d -> new Conv2dSpec(Pair.of(0), Pair.ZERO, Pair.ONE, 1, UnarySpec.IDENTITY), "conv2d:",
                        "stride must be >= 1", "0"),
                shape(conv, d -> Conv2dSpec.of(1, -1), "conv2d:", "pad must be >= 0", "-1"),
                shape(conv, d -> new Conv2dSpec(Pair.ONE, Pair.ZERO, Pair.of(0), 1, UnarySpec.IDENTITY), "conv2d:",
                        "dilation must be >= 1"),
                shape(conv, d -> new Conv2dSpec(Pair.ONE, Pair.ZERO, Pair.ONE, -4, UnarySpec.IDENTITY), "conv2d:",
                        "groups must be >= 1", "-4"),
                new Wrong(conv, GraphException.class, false, d -> Convolution.conv2d(CONV.with(UnarySpec.of(
                        UnarySpec.Kind.SILU)), v(d, 1, 1, 2, 2), v(d, 1, 1, 1, 1), null), "conv2d:", "silu",
                        "Pointwise.unary"),
                shape("Convolution.conv2dAdd/5", d -> Convolution.conv2dAdd(CONV, v(d, 2, 3, 5, 5), v(d, 4, 3, 3, 3),
                        null, v(d, 2, 4, 1, 3)), "conv2d: residual", "[2, 4, 3, 3]", "[2, 4, 1, 3]"),
                shape(linear, d -> Linear.linear(LinearSpec.PLAIN, v(d, 2, 6), v(d, 3, 5), null), "linear:", "[2, 6]",
                        "in=5", "[3, 5]", "flatten x first", "6"),
                shape(linear, d -> Linear.linear(LinearSpec.PLAIN, v(d), v(d, 3, 5), null), "linear:", "[]", "[3, 5]"),
                shape(linear, d -> Linear.linear(LinearSpec.PLAIN, v(d, 2, 5), v(d, 5), null), "linear: w",
                        "[out, in]", "[5]"),
                shape(linear, d -> Linear.linear(LinearSpec.PLAIN, v(d, 2, 5), v(d, 3, 5), v(d, 5)), "linear: bias",
                        "[3]", "[5]"),
                shape(product, d -> Matmul.matmul(v(d, 2, 3), v(d, 4, 5)), "matmul:", "[2, 3]", "inner extent 3",
                        "[4, 5]", "has 4"),
                shape(product, d -> Matmul.matmul(v(d, 2, 3, 4), v(d, 3, 4, 5)), "matmul:", "[2, 3, 4]",
                        "[3, 4, 5]", "2 and 3"),
                shape(product, d -> Matmul.matmul(v(d), v(d, 4)), "matmul:", "[]", "[4]", "Arithmetic.mul"),
                shape("Matmul.matmul/3", d -> Matmul.matmul(new MatmulSpec(false, true), v(d, 2, 3), v(d, 5, 4)),
                        "matmul:", "[2, 3]", "[5, 4]ᵀ", "has 4"));
    }

    private static Stream<Wrong> pooling() {
        var max = Pool2dSpec.max(4, 2, 0);
        var average = Pool2dSpec.avg(2, 2, 0);
        String pool = "Pooling.pool2d/2";
        return Stream.of(
                shape(pool, d -> Pooling.pool2d(max, v(d, 1, 1, 3, 9)), "max_pool2d:", "H=3", "kernel 4",
                        "use a larger input"),
                shape(pool, d -> Pooling.pool2d(average, v(d, 3, 4, 4)), "avg_pool2d:", "[N, C, H, W]", "[3, 4, 4]"),
                shape(pool, d -> Pool2dSpec.max(0, 1, 0), "pool2d:", "kernel must be >= 1", "0"),
                shape(pool, d -> Pool2dSpec.max(2, -1, 0), "pool2d:", "stride must be >= 1", "-1"),
                shape(pool, d -> Pool2dSpec.avg(2, 2, 2), "pool2d:", "pad (2, 2)", "half of kernel (2, 2)"),
                shape("Pooling.pool2dWithIndices/2", d -> Pooling.pool2dWithIndices(average, v(d, 1, 1, 4, 4)),
                        "avg_pool2d:", "indices"),
                shape("Pooling.adaptivePool2d/2", d -> Pooling.adaptivePool2d(new AdaptivePool2dSpec(PoolKind.AVG,
                        Pair.ONE), v(d, 2, 3)), "adaptive_avg_pool2d:", "[N, C, H, W]", "[2, 3]"),
                shape("Pooling.adaptivePool2d/2", d -> Pooling.adaptivePool2d(new AdaptivePool2dSpec(PoolKind.MAX,
                        Pair.ONE), v(d, 2, 3, 0, 4)), "adaptive_max_pool2d:", "[2, 3, 0, 4]"),
                shape("Pooling.adaptivePool2d/2", d -> new AdaptivePool2dSpec(PoolKind.AVG, Pair.of(-1)),
                        "adaptive_pool2d:", "output must be >= 1", "-1"),
                shape("Pooling.adaptivePool2dWithIndices/2", d -> Pooling.adaptivePool2dWithIndices(
                        new AdaptivePool2dSpec(PoolKind.AVG, Pair.ONE), v(d, 1, 1, 2, 2)), "adaptive_avg_pool2d:",
                        "indices"));
    }

    private static Stream<Wrong> normalization() {
        String batch = "Normalization.batchNorm/6";
        String layer = "Normalization.layerNorm/4";
        String group = "Normalization.groupNorm/4";
        return Stream.of(
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 2, 3, 4, 4), v(d, 4), v(d, 4), null, null),
                        "batch_norm:", "[2, 3, 4, 4]", "C=3", "4"),
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 3), null, null, null, null), "batch_norm:",
                        "[N, C]", "[3]"),
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 1, 3), null, null, null, null),
                        "batch_norm:", "[1, 3]", "one value", "larger batch, or eval()"),
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 0, 3, 2, 2), null, null, null, null),
                        "batch_norm:", "[0, 3, 2, 2]", "no value", "larger batch"),
                shape(batch, d -> Normalization.batchNorm(EVALUATION, v(d, 2, 3), null, null, null, null),
                        "batch_norm:", "running statistics", "[3]"),
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 2, 3), v(d, 3), null, null, null),
                        "batch_norm: gamma and beta", "[3]", "both are null"),
                shape(batch, d -> Normalization.batchNorm(TRAINING, v(d, 2, 3), v(d, 3), v(d, 3), f(3).on(d),
                        f(2).on(d)), "batch_norm: runningVar", "[3]", "[2]"),
                shape("Normalization.batchNorm/7", d -> Normalization.batchNorm(TRAINING, v(d, 2, 3, 4, 4),
                        v(d, 2, 3, 2, 2), v(d, 3), v(d, 3), null, null), "batch_norm: residual", "[2, 3, 2, 2]",
                        "[2, 3, 4, 4]"),
                shape(layer, d -> Normalization.layerNorm(new LayerNormSpec(3, 1e-5), v(d, 2, 3), null, null),
                        "layer_norm:", "[2, 3]", "3"),
                shape(layer, d -> Normalization.layerNorm(new LayerNormSpec(1, 1e-5), v(d, 2, 3), v(d, 2), v(d, 2)),
                        "layer_norm: gamma", "[3]", "[2, 3]", "[2]"),
                shape(layer, d -> new LayerNormSpec(0, 1e-5), "layer_norm:", "axes must be >= 1", "0"),
                shape(group, d -> Normalization.groupNorm(new GroupNormSpec(2, 1e-5), v(d, 2, 3, 4, 4), null, null),
                        "group_norm:", "groups=2", "[2, 3, 4, 4]"),
                shape(group, d -> new GroupNormSpec(-2, 1e-5), "group_norm:", "groups must be >= 1", "-2"),
                shape("Normalization.localResponseNorm/2", d -> Normalization.localResponseNorm(
                        new LocalResponseNormSpec(3, 1, 1, 1), v(d, 2, 3)), "local_response_norm:", "[N, C, H, W]",
                        "[2, 3]"),
                shape("Normalization.localResponseNorm/2", d -> new LocalResponseNormSpec(0, 1, 1, 1),
                        "local_response_norm:", "size must be >= 1", "0"));
    }

    private static Stream<Wrong> pointwise() {
        return Stream.of(-0.5, 1.1, Double.NaN).map(p -> shape("Pointwise.dropout/2",
                d -> Pointwise.dropout(new DropoutSpec(p, 1, 1), v(d, 3)), "dropout: p", "0..1", Double.toString(p)));
    }

    private static Stream<Wrong> arithmetic() {
        BiFunction<String, java.util.function.BinaryOperator<Var>, Wrong> two = (name, op) -> shape(
                "Arithmetic." + name + "/2", d -> op.apply(v(d, 2, 3), v(d, 2, 4)), name + ":", "[2, 3]", "[2, 4]",
                "3 and 4", "equal or 1");
        return Stream.of(two.apply("add", Arithmetic::add), two.apply("sub", Arithmetic::sub),
                two.apply("mul", Arithmetic::mul), two.apply("div", Arithmetic::div),
                two.apply("pow", Arithmetic::pow), two.apply("maximum", Arithmetic::maximum),
                two.apply("minimum", Arithmetic::minimum),
                shape("Arithmetic.where/3", d -> Arithmetic.where(labels(d, 1, 0), v(d, 3), v(d, 3)), "where:", "[2]",
                        "[3]"));
    }

    private static Wrong loss(String method, String op, java.util.function.BinaryOperator<Var> body) {
        return shape("Losses." + method, d -> body.apply(v(d, 2, 3), v(d, 3, 2)), op + ": target", "[2, 3]", "[3, 2]");
    }

    private static Stream<Wrong> losses() {
        var mean = Reduction.MEAN;
        String two = "Losses.crossEntropy/2";
        String four = "Losses.crossEntropy/4";
        String nll = "Losses.nll/4";
        var probabilities = new CrossEntropySpec(mean, 0, -100, true);
        float nan = Float.NaN;
        return Stream.of(loss("mse/2", "mse_loss", Losses::mse),
                loss("mse/3", "mse_loss", (a, b) -> Losses.mse(mean, a, b)),
                loss("l1/3", "l1_loss", (a, b) -> Losses.l1(mean, a, b)),
                loss("smoothL1/4", "smooth_l1_loss", (a, b) -> Losses.smoothL1(mean, 1, a, b)),
                loss("huber/4", "huber_loss", (a, b) -> Losses.huber(mean, 1, a, b)),
                loss("elementLoss/4", "l1_loss", (a, b) -> Losses.elementLoss(new ElementLossSpec(
                        ElementLossSpec.Kind.L1, mean, 0), a, b, null)),
                loss("bceWithLogits/4", "bce_with_logits_loss", (a, b) -> Losses.bceWithLogits(mean, a, b, null)),
                shape("Losses.bceWithLogits/4", d -> Losses.bceWithLogits(mean, v(d, 2, 3), v(d, 2, 3), f(2).on(d)),
                        "bce_with_logits_loss: positiveWeight", "[3]", "[2, 3]", "[2]"),
                new Wrong("Losses.elementLoss/4", DTypeException.class, false, d -> Losses.elementLoss(
                        new ElementLossSpec(ElementLossSpec.Kind.NLL, mean, 0), v(d, 2, 3), v(d, 2), null),
                        "nll_loss:", "Losses.nll"),
                shape(two, d -> Losses.crossEntropy(v(d, 2, 3), labels(d, 0, 1, 2)), "cross_entropy: target", "[2]",
                        "[2, 3]", "[3]"),
                shape(two, d -> Losses.crossEntropy(v(d, 3), labels(d, 0)), "cross_entropy:", "[N, C]", "[3]"),
                shape(two, d -> Losses.crossEntropy(v(d, 2, 0), labels(d, 0, 0)), "cross_entropy:", "[2, 0]",
                        "at least one class"),
                data(two, d -> Losses.crossEntropy(v(d, 2, 10), labels(d, 3, 10)), "cross_entropy:", "label 10",
                        "item 1", "0..9"),
                data(two, d -> Losses.crossEntropy(v(d, 2, 10), labels(d, -1, 3)), "cross_entropy:", "label -1",
                        "item 0", "0..9"),
                data(four, d -> Losses.crossEntropy(new CrossEntropySpec(Reduction.NONE, 0, -100, false), v(d, 2, 3),
                        labels(d, 0, 3), null), "label 3", "item 1", "0..2"),
                data(four, d -> Losses.crossEntropy(probabilities, v(d, 2, 2), NDArray.of(new float[] {1, 0, .5f,
                    nan}, Shape.of(2, 2), d), null), "cross_entropy:", "class 1 of item 1", "NaN"),
                shape(four, d -> Losses.crossEntropy(probabilities, v(d, 2, 3), f(2).on(d), null),
                        "cross_entropy: target", "[2, 3]", "[2]"),
                shape(four, d -> Losses.crossEntropy(CrossEntropySpec.MEAN, v(d, 2, 3), labels(d, 0, 0), f(2).on(d)),
                        "cross_entropy: weight", "[3]", "[2, 3]", "[2]"),
                shape(four, d -> new CrossEntropySpec(mean, 1.5, -100, false), "cross_entropy: labelSmoothing",
                        "0..1", "1.5"),
                shape(nll, d -> Losses.nll(mean, v(d, 2, 3), labels(d, 0), null), "nll_loss: target", "[2]", "[2, 3]",
                        "[1]"),
                shape(nll, d -> Losses.nll(mean, v(d, 3), labels(d, 0), null), "nll_loss:", "[N, C]", "[3]"),
                data(nll, d -> Losses.nll(mean, v(d, 2, 10), labels(d, 0, 10), null), "nll_loss:", "label 10",
                        "item 1", "0..9"),
                data(nll, d -> Losses.nll(mean, v(d, 2, 10), labels(d, -1, 0), null), "nll_loss:", "label -1",
                        "item 0"));
    }

    private static Wrong wrongAxis(String method, String op, Function<Var, Object> body) {
        return axis("Reductions." + method, d -> body.apply(v(d, 2, 3)), op + ":", "axis 2", "[2, 3]", "-2..1");
    }

    private static Stream<Wrong> reductions() {
        return Stream.of(wrongAxis("sum/3", "sum", x -> Reductions.sum(x, false, 2)),
                wrongAxis("mean/3", "mean", x -> Reductions.mean(x, false, 2)),
                wrongAxis("max/3", "max", x -> Reductions.max(x, false, 2)),
                wrongAxis("min/3", "min", x -> Reductions.min(x, false, 2)),
                wrongAxis("maxWithIndices/3", "max", x -> Reductions.maxWithIndices(x, false, 2)),
                wrongAxis("minWithIndices/3", "min", x -> Reductions.minWithIndices(x, false, 2)),
                wrongAxis("amax/3", "amax", x -> Reductions.amax(x, false, 0, 2)),
                wrongAxis("amin/3", "amin", x -> Reductions.amin(x, false, 2)),
                wrongAxis("prod/3", "prod", x -> Reductions.prod(x, false, 2)),
                wrongAxis("var/4", "var", x -> Reductions.var(x, false, false, 2)),
                wrongAxis("std/4", "std", x -> Reductions.std(x, false, false, 2)),
                wrongAxis("norm2/3", "norm2", x -> Reductions.norm2(x, false, 2)),
                wrongAxis("logsumexp/3", "logsumexp", x -> Reductions.logsumexp(x, false, 2)),
                wrongAxis("argmax/3", "argmax", x -> Reductions.argmax(x, false, 2)),
                wrongAxis("argmin/3", "argmin", x -> Reductions.argmin(x, false, 2)),
                wrongAxis("cumsum/2", "cumsum", x -> Reductions.cumsum(x, 2)),
                wrongAxis("softmax/2", "softmax", x -> Reductions.softmax(x, 2)),
                wrongAxis("logSoftmax/2", "log_softmax", x -> Reductions.logSoftmax(x, 2)),
                shape("Reductions.sum/3", d -> Reductions.sum(v(d, 2, 3), false, 1, -1), "sum:", "axis 1", "[2, 3]",
                        "twice"),
                shape("Reductions.softmax/2", d -> Reductions.softmax(v(d), 0), "softmax:", "[]", "reshape"),
                shape("Reductions.argmax/3", d -> Reductions.argmax(v(d, 2, 3), false, 0, 1), "argmax:",
                        "one axis or none", "[2, 3]"),
                shape("Reductions.max/3", d -> Reductions.max(v(d, 0, 3), false), "max:", "[0, 3]", "no elements"),
                shape("Reductions.argmin/3", d -> Reductions.argmin(v(d, 2, 0), false, 1), "argmin:", "[2, 0]",
                        "no elements"),
                shape("Reductions.reduce/2", d -> Reductions.reduce(ReduceSpec.of(ReduceSpec.Kind.ARGMAX,
                        Shape.of(2), false), v(d, 2)), "argmax:", "Reductions.argmax"));
    }

    private static Stream<Wrong> shaping() {
        return Stream.of(
                shape("Shaping.reshape/2", d -> Shaping.reshape(v(d, 2, 3), 4, 2), "reshape:", "[2, 3]", "6",
                        "[4, 2]", "8", "must be equal"),
                shape("Shaping.reshape/2", d -> Shaping.reshape(v(d, 2, 3), -1, 4), "reshape:", "[2, 3]", "6",
                        "[-1, 4]", "multiple of 4"),
                shape("Shaping.reshape/2", d -> Shaping.reshape(v(d, 2, 3), -2, -3), "reshape:", "[-2, -3]"),
                shape("Shaping.flatten/3", d -> Shaping.flatten(v(d, 2, 3), 1, 0), "flatten:", "1", "0", "[2, 3]"),
                shape("Shaping.flatten/3", d -> Shaping.flatten(v(d, 2, 3), 0, 5), "flatten:", "axis 5", "[2, 3]"),
                shape("Shaping.flatten/1", d -> Shaping.flatten(v(d, 2)), "flatten:", "axis 1", "[2]"),
                axis("Shaping.permute/2", d -> Shaping.permute(v(d, 2, 3), 0, 2), "permute:", "axis 2", "[2, 3]"),
                axis("Shaping.permute/2", d -> Shaping.permute(v(d, 2, 3), 0, 0), "permute:", "axis 0", "[2, 3]",
                        "twice"),
                axis("Shaping.permute/2", d -> Shaping.permute(v(d, 2, 3), 0), "permute:", "[2, 3]", "2 axes", "[0]"),
                shape("Shaping.transpose/3", d -> Shaping.transpose(v(d, 2, 3), 0, 2), "transpose:", "axis 2",
                        "[2, 3]"),
                axis("Shaping.unsqueeze/2", d -> Shaping.unsqueeze(v(d, 2, 3), 4), "unsqueeze:", "[2, 3]", "-3..2",
                        "4"),
                axis("Shaping.squeeze/2", d -> Shaping.squeeze(v(d, 2, 3), 0), "squeeze:", "axis 0", "[2, 3]",
                        "extent 2"),
                axis("Shaping.squeeze/2", d -> Shaping.squeeze(v(d, 2, 3), 7), "squeeze:", "axis 7", "[2, 3]"),
                shape("Shaping.expand/2", d -> Shaping.expand(v(d, 2, 3), Shape.of(2, 4)), "expand:", "[2, 3]",
                        "[2, 4]"),
                shape("Shaping.expand/2", d -> Shaping.expand(v(d, 2, 3), Shape.of(3)), "expand:", "[2, 3]", "[3]",
                        "repeat"),
                shape("Shaping.repeat/2", d -> Shaping.repeat(v(d, 2, 3), 2), "repeat:", "[2, 3]", "at least 2",
                        "[2]"),
                shape("Shaping.repeat/2", d -> Shaping.repeat(v(d, 2, 3), 2, -1), "repeat:", "[2, 3]", ">= 1",
                        "[2, -1]"),
                axis("Shaping.narrow/4", d -> Shaping.narrow(v(d, 2, 3), 2, 0, 1), "axis 2", "[2, 3]"),
                shape("Shaping.narrow/4", d -> Shaping.narrow(v(d, 2, 3), 1, 2, 2), "2..4", "axis 1", "[2, 3]",
                        "extent 3"),
                shape("Shaping.narrow/4", d -> Shaping.narrow(v(d, 2, 3), 1, 0, -1), "0..-1", "[2, 3]"),
                shape("Shaping.narrow/4", d -> Shaping.narrow(v(d, 2, 3), 1, 2, Integer.MAX_VALUE), "axis 1",
                        "[2, 3]"),
                axis("Shaping.slice/5", d -> Shaping.slice(v(d, 2, 3), -3, 0, 1, 1), "slice:", "axis -3", "[2, 3]"),
                shape("Shaping.slice/5", d -> Shaping.slice(v(d, 2, 3), 0, 0, 2, 0), "slice:", "step 0", "[2, 3]",
                        "step >= 1"));
    }

    private static Stream<Wrong> moves() {
        PadSpec reflect = new PadSpec(PadSpec.Mode.REFLECT, 3, 0, 0, 0, 0);
        PadSpec crop = new PadSpec(PadSpec.Mode.CONSTANT, -2, -2, 0, 0, 0);
        String pad = "Shaping.pad/2";
        return Stream.of(
                axis("Shaping.concat/2", d -> Shaping.concat(2, List.of(v(d, 2, 3))), "concat:", "axis 2", "[2, 3]"),
                shape("Shaping.concat/2", d -> Shaping.concat(0, List.of(v(d, 2, 3), v(d, 2, 4))), "concat:",
                        "axis 0", "[2, 3]", "[2, 4]"),
                shape("Shaping.concat/2", d -> Shaping.concat(0, List.of()), "concat:", "at least one"),
                axis("Shaping.stack/2", d -> Shaping.stack(4, List.of(v(d, 2, 3))), "stack:", "[2, 3]", "-3..2", "4"),
                shape("Shaping.stack/2", d -> Shaping.stack(0, List.of(v(d, 2), v(d, 3))), "stack:", "[2]", "[3]"),
                shape("Shaping.stack/2", d -> Shaping.stack(0, List.of()), "stack:", "at least one"),
                axis("Shaping.indexSelect/3", d -> Shaping.indexSelect(v(d, 2, 3), 2, labels(d, 0)), "index_select:",
                        "axis 2", "[2, 3]"),
                shape("Shaping.indexSelect/3", d -> Shaping.indexSelect(v(d, 2, 3), 0, i(1, 1).on(d)),
                        "index_select: index", "[n]", "[1, 1]"),
                data("Shaping.indexSelect/3", d -> Shaping.indexSelect(v(d, 2, 3), 1, labels(d, 0, -1)),
                        "index_select:", "index -1", "position 1", "0..2"),
                axis("Shaping.gather/3", d -> Shaping.gather(v(d, 2, 3), 5, i(1, 1).on(d)), "gather:", "axis 5",
                        "[2, 3]"),
                shape("Shaping.gather/3", d -> Shaping.gather(v(d, 2, 3), 0, i(1).on(d)), "gather: index", "[2, 3]",
                        "[1]"),
                shape("Shaping.gather/3", d -> Shaping.gather(v(d, 2, 3), 0, i(1, 4).on(d)), "gather:", "[1, 4]",
                        "[2, 3]", "axis 1"),
                data("Shaping.gather/3", d -> Shaping.gather(v(d, 2), 0, labels(d, 2)), "gather:", "index 2",
                        "position 0", "0..1"),
                data("Shaping.oneHot/2", d -> Shaping.oneHot(new OneHotSpec(10), labels(d, 1, 10)), "one_hot:", "10",
                        "position 1", "0..9"),
                shape("Shaping.oneHot/2", d -> new OneHotSpec(-1), "one_hot:", "classes must be >= 1", "-1"),
                shape(pad, d -> Shaping.pad(reflect, v(d, 1, 1, 3, 3)), "pad:", "REFLECT", "left 3", "[1, 1, 3, 3]"),
                shape(pad, d -> Shaping.pad(crop, v(d, 3, 3)), "pad:", "left -2", "[3, 3]", "3×-1"),
                shape(pad, d -> Shaping.pad(crop, v(d, 3)), "pad:", "two axes", "[3]"),
                shape("Shaping.resize/2", d -> Shaping.resize(new ResizeSpec(Pair.of(2), false, false), v(d, 3, 3)),
                        "resize:", "[N, C, H, W]", "[3, 3]"),
                shape("Shaping.resize/2", d -> Shaping.resize(new ResizeSpec(Pair.of(2), false, false),
                        v(d, 1, 1, 0, 3)), "resize:", "[1, 1, 0, 3]"),
                shape("Shaping.resize/2", d -> new ResizeSpec(Pair.of(0), true, true), "resize:", "size must be >= 1",
                        "0"));
    }
}
