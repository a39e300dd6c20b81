package dev.sextant.contract;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Convolution;
import dev.sextant.autograd.Linear;
import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Matmul;
import dev.sextant.autograd.Normalization;
import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Pooling;
import dev.sextant.autograd.Reductions;
import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.autograd.WithIndices;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
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
import java.util.Locale;
import java.util.Map;

/// From the reference data's names for operations and attributes to ours.
final class GoldenOps {
    private static final int PYTORCH_IGNORE_INDEX = -100;

    private final GoldenFile file;
    private final Map<String, Var> inputs;
    private final Device device;

    private GoldenOps(GoldenFile file, Map<String, Var> inputs, Device device) {
        this.file = file;
        this.inputs = inputs;
        this.device = device;
    }

    /// The result, and further results by their name in the file.
    record Outcome(Var output, Map<String, NDArray> further) {
        static Outcome of(Var output) {
            return new Outcome(output, Map.of());
        }

        static Outcome of(WithIndices result) {
            return new Outcome(result.values(), Map.of("indices", result.indices()));
        }
    }

    static Outcome run(GoldenFile file, Map<String, Var> inputs, Device device) {
        return new GoldenOps(file, inputs, device).run();
    }

    private Outcome run() {
        String op = file.text("op");
        return switch (op) {
            case "conv2d" -> Outcome.of(Convolution.conv2d(conv(), x(), in("weight"), in("bias")));
            case "linear" -> Outcome.of(Linear.linear(LinearSpec.PLAIN, x(), in("weight"), in("bias")));
            case "matmul" -> Outcome.of(Matmul.matmul(x(), other()));
            case "maxpool2d" -> Outcome.of(Pooling.pool2dWithIndices(pool(PoolKind.MAX), x()));
            case "avgpool2d" -> Outcome.of(Pooling.pool2d(pool(PoolKind.AVG), x()));
            case "adaptive_maxpool2d" -> Outcome.of(Pooling.adaptivePool2dWithIndices(
                    new AdaptivePool2dSpec(PoolKind.MAX, pair("output_size")), x()));
            case "adaptive_avgpool2d" -> Outcome.of(Pooling.adaptivePool2d(
                    new AdaptivePool2dSpec(PoolKind.AVG, pair("output_size")), x()));
            case "batchnorm" -> batchNorm();
            case "layer_norm" -> Outcome.of(Normalization.layerNorm(
                    new LayerNormSpec(file.ints("normalized_shape").length, file.number("eps")), x(), in("weight"),
                    in("bias")));
            case "group_norm" -> Outcome.of(Normalization.groupNorm(
                    new GroupNormSpec(file.integer("num_groups"), file.number("eps")), x(), in("weight"), in("bias")));
            case "local_response_norm" -> Outcome.of(Normalization.localResponseNorm(new LocalResponseNormSpec(
                    file.integer("size"), file.number("alpha"), file.number("beta"), file.number("k")), x()));
            case "cross_entropy" -> Outcome.of(crossEntropy());
            case "nll_loss" -> Outcome.of(Losses.nll(reduction(), x(), array("target"), array("weight")));
            case "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "bce_with_logits" ->
                Outcome.of(Losses.elementLoss(elementLoss(op), x(), in("target"), array("pos_weight")));
            case "add" -> Outcome.of(Arithmetic.add(x(), other()));
            case "sub" -> Outcome.of(Arithmetic.sub(x(), other()));
            case "mul" -> Outcome.of(Arithmetic.mul(x(), other()));
            case "div" -> Outcome.of(Arithmetic.div(x(), other()));
            case "pow" -> Outcome.of(Arithmetic.pow(x(), other()));
            case "maximum" -> Outcome.of(Arithmetic.maximum(x(), other()));
            case "minimum" -> Outcome.of(Arithmetic.minimum(x(), other()));
            case "where" -> Outcome.of(Arithmetic.where(array("condition"), x(), other()));
            case "softmax" -> Outcome.of(Reductions.softmax(x(), file.integer("dim")));
            case "log_softmax" -> Outcome.of(Reductions.logSoftmax(x(), file.integer("dim")));
            case "cumsum" -> Outcome.of(Reductions.cumsum(x(), file.integer("dim")));
            case "max", "min" -> extreme(op);
            case "argmax" -> Outcome.of(Var.of(Reductions.argmax(x(), file.flag("keepdim"), dims())));
            case "argmin" -> Outcome.of(Var.of(Reductions.argmin(x(), file.flag("keepdim"), dims())));
            case "sum", "mean", "amax", "amin", "prod", "var", "std", "norm2", "logsumexp" -> Outcome.of(
                    Reductions.reduce(ReduceSpec.of(ReduceSpec.Kind.valueOf(op.toUpperCase(Locale.ROOT)),
                            x().shape(), file.flag("keepdim"), file.hasAttribute("unbiased") && file.flag("unbiased"),
                            dims()), x()));
            case "graph_concat" -> Outcome.of(graphConcat());
            case "graph_residual" -> Outcome.of(graphResidual());
            default -> Outcome.of(shapingOrUnary(op));
        };
    }

    private Var shapingOrUnary(String op) {
        return switch (op) {
            case "reshape" -> Shaping.reshape(x(), file.ints("shape"));
            case "flatten" -> Shaping.flatten(x(), file.integer("start_dim"), file.integer("end_dim"));
            case "permute" -> Shaping.permute(x(), file.ints("dims"));
            case "transpose" -> Shaping.transpose(x(), file.integer("dim0"), file.integer("dim1"));
            case "narrow" ->
                Shaping.narrow(x(), file.integer("dim"), file.integer("start"), file.integer("length"));
            case "slice" -> Shaping.slice(x(), file.integer("dim"), file.integer("start"), file.integer("end"),
                    file.integer("step"));
            case "expand" -> Shaping.expand(x(), Shape.of(file.ints("shape")));
            case "repeat" -> Shaping.repeat(x(), file.ints("repeats"));
            case "cat" -> Shaping.concat(file.integer("dim"), List.copyOf(inputs.values()));
            case "stack" -> Shaping.stack(file.integer("dim"), List.copyOf(inputs.values()));
            case "index_select" -> Shaping.indexSelect(x(), file.integer("dim"), array("index"));
            case "gather" -> Shaping.gather(x(), file.integer("dim"), array("index"));
            case "one_hot" ->
                Var.of(Shaping.oneHot(new OneHotSpec(file.integer("num_classes")), array("input")));
            case "pad" -> Shaping.pad(padding(), x());
            case "interpolate" -> Shaping.resize(new ResizeSpec(pair("size"), file.text("mode").equals("bilinear"),
                    file.hasAttribute("align_corners") && file.flag("align_corners")), x());
            default -> Pointwise.unary(unary(op), x());
        };
    }

    private UnarySpec unary(String op) {
        return switch (op) {
            case "relu6" -> UnarySpec.RELU6;
            case "leaky_relu" -> unary(UnarySpec.Kind.LEAKY_RELU, "negative_slope");
            case "elu" -> unary(UnarySpec.Kind.ELU, "alpha");
            case "pow_scalar" -> unary(UnarySpec.Kind.POW, "exponent");
            case "hardtanh" -> bounded(UnarySpec.Kind.HARDTANH);
            case "clip" -> bounded(UnarySpec.Kind.CLIP);
            case "softplus" ->
                new UnarySpec(UnarySpec.Kind.SOFTPLUS, file.number("beta"), file.number("threshold"));
            case "gelu" -> UnarySpec.of(file.text("approximate").equals("tanh") ? UnarySpec.Kind.GELU_TANH
                    : UnarySpec.Kind.GELU);
            case "relu", "sigmoid", "tanh", "silu", "softsign", "hardswish", "mish", "exp", "log", "log1p", "expm1",
                    "sqrt", "rsqrt", "abs", "neg", "square", "reciprocal", "sin", "cos", "sign", "floor", "ceil",
                    "round", "erf" ->
                UnarySpec.of(UnarySpec.Kind.valueOf(op.toUpperCase(Locale.ROOT)));
            default -> throw new AssertionError(file.name() + ": unknown operation " + op);
        };
    }

    private UnarySpec unary(UnarySpec.Kind kind, String parameter) {
        return new UnarySpec(kind, file.number(parameter), 0);
    }

    private UnarySpec bounded(UnarySpec.Kind kind) {
        return new UnarySpec(kind, file.number("min", Double.NEGATIVE_INFINITY),
                file.number("max", Double.POSITIVE_INFINITY));
    }

    private Conv2dSpec conv() {
        return new Conv2dSpec(pair("stride"), pair("padding"), pair("dilation"), file.integer("groups"),
                UnarySpec.IDENTITY);
    }

    private Pool2dSpec pool(PoolKind kind) {
        return new Pool2dSpec(kind, pair("kernel"), pair("stride"), pair("padding"),
                kind == PoolKind.MAX ? pair("dilation") : Pair.ONE, file.flag("ceil_mode"),
                kind == PoolKind.MAX || file.flag("count_include_pad"));
    }

    private Outcome batchNorm() {
        var spec = new BatchNormSpec(file.number("eps"), file.number("momentum"), file.flag("training"),
                UnarySpec.IDENTITY);
        NDArray mean = array("running_mean_before");
        NDArray variance = array("running_var_before");
        Var y = Normalization.batchNorm(spec, x(), in("weight"), in("bias"), mean, variance);
        return new Outcome(y, Map.of("running_mean_after", mean, "running_var_after", variance));
    }

    private Var crossEntropy() {
        int ignore = (int) file.number("ignore_index", PYTORCH_IGNORE_INDEX);
        var spec = new CrossEntropySpec(reduction(), file.number("label_smoothing", 0), ignore,
                file.isFloat("target"));
        return Losses.crossEntropy(spec, x(), array("target"), array("weight"));
    }

    private ElementLossSpec elementLoss(String op) {
        var kind = ElementLossSpec.Kind.valueOf(op.replace("_loss", "").toUpperCase(Locale.ROOT));
        return new ElementLossSpec(kind, reduction(), file.number("beta", file.number("delta", 0)));
    }

    private Outcome extreme(String op) {
        boolean largest = op.equals("max");
        boolean keep = file.flag("keepdim");
        int[] dims = dims();
        if (dims.length != 1) {
            return Outcome.of(largest ? Reductions.max(x(), keep, dims) : Reductions.min(x(), keep, dims));
        }
        return Outcome.of(largest ? Reductions.maxWithIndices(x(), keep, dims[0])
                : Reductions.minWithIndices(x(), keep, dims[0]));
    }

    private PadSpec padding() {
        int[] p = file.ints("pad");
        return new PadSpec(PadSpec.Mode.valueOf(file.text("mode").toUpperCase(Locale.ROOT)), p[0], p[1], p[2], p[3],
                file.number("value"));
    }

    /// `concat(conv1x1(x), conv3x3(x), maxpool3s1p1(x), x)` along channels, times `mean(x)`.
    private Var graphConcat() {
        Var joined = Shaping.concat(1, List.of(Convolution.conv2d(Conv2dSpec.of(1, 0), x(), in("w1"), null),
                Convolution.conv2d(Conv2dSpec.of(1, 1), x(), in("w2"), null),
                Pooling.pool2d(Pool2dSpec.max(3, 1, 1), x()), x()));
        return Arithmetic.mul(joined, Reductions.mean(x(), false));
    }

    /// `relu(batchnorm(conv3x3(x)) + conv1x1(x))`.
    private Var graphResidual() {
        int stride = file.integer("stride");
        Var body = Convolution.conv2d(Conv2dSpec.of(stride, 1), x(), in("w1"), in("b1"));
        Var normal = Normalization.batchNorm(new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY), body, in("gamma"),
                in("beta"), null, null);
        Var shortcut = Convolution.conv2d(Conv2dSpec.of(stride, 0), x(), in("w2"), null);
        return Pointwise.relu(Arithmetic.add(normal, shortcut));
    }

    private Var x() {
        return inputs.get("input");
    }

    private Var other() {
        return inputs.get("other");
    }

    /// An input that may be absent.
    private Var in(String name) {
        return inputs.get(name);
    }

    private NDArray array(String name) {
        return file.array(name, device);
    }

    private Reduction reduction() {
        return Reduction.valueOf(file.text("reduction").toUpperCase(Locale.ROOT));
    }

    private Pair pair(String attribute) {
        int[] values = file.ints(attribute);
        return Pair.of(values[0], values[1]);
    }

    /// The reduced axes; none stands for all.
    private int[] dims() {
        return file.text("dims").equals("all") ? new int[0] : file.ints("dims");
    }
}
