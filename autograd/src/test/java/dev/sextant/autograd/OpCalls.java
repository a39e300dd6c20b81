package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
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
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// One correct call of every public operation, as data: tests break these calls in every way, or run them on odd
/// shapes. A new operation without its line here fails [ErrorMatrixTest].
final class OpCalls {
    /// The classes whose public static methods are the operations.
    static final List<Class<?>> FAMILIES = List.of(Arithmetic.class, Convolution.class, Linear.class, Losses.class,
            Matmul.class, Normalization.class, Pointwise.class, Pooling.class, Reductions.class, Shaping.class);

    private OpCalls() {
    }

    /// An argument that is an array.
    record Input(DType dtype, int... dims) {
        NDArray on(Device device) {
            Shape shape = Shape.of(dims);
            int n = (int) shape.size();
            if (dtype == DType.INT32) {
                return NDArray.of(new int[n], shape, device);
            }
            double[] values = new double[n];
            // Positive and different, so that every function is defined and smooth there.
            Arrays.setAll(values, i -> 0.5 + (i * 7 % 11) / 16.0 + i * 1e-3);
            return dtype == DType.FLOAT64 ? NDArray.of(values, shape, device)
                    : NDArray.of(floats(values), shape, device);
        }

        private static float[] floats(double... values) {
            float[] f = new float[values.length];
            for (int i = 0; i < f.length; i++) {
                f[i] = (float) values[i];
            }
            return f;
        }
    }

    /// The array arguments of one call.
    static class Inputs {
        private final NDArray[] arrays;

        Inputs(NDArray... arrays) {
            this.arrays = arrays;
        }

        /// Argument `i` as a value: a leaf where it can have a gradient.
        Var v(int i) {
            return arrays[i].dtype().isFloating() ? Var.leaf(arrays[i]) : Var.of(arrays[i]);
        }

        /// Argument `i` as an array.
        NDArray a(int i) {
            return arrays[i];
        }
    }

    /// A correct call.
    ///
    /// @param method   `Class.method/number of parameters`
    /// @param op       the name by which errors call the operation
    /// @param anyType  whether integers are welcome as well
    /// @param empty    inputs with an extent 0 that the operation takes; null if it takes none
    /// @param scalar   whether inputs of rank 0 are welcome
    record Call(String method, String op, boolean anyType, boolean scalar, Input[] inputs, Input[] empty,
            Function<Inputs, Object> body) {

        Call named(String name) {
            return new Call(method, name, anyType, scalar, inputs, empty, body);
        }

        Call ofAnyType() {
            return new Call(method, op, true, scalar, inputs, empty, body);
        }

        Call alsoScalars() {
            return new Call(method, op, anyType, true, inputs, empty, body);
        }

        Call empty(Input... none) {
            return new Call(method, op, anyType, scalar, inputs, none, body);
        }

        Call neverEmpty() {
            return new Call(method, op, anyType, scalar, inputs, null, body);
        }

        Object run(NDArray... arrays) {
            return body.apply(new Inputs(arrays));
        }

        NDArray[] on(Device device) {
            return Arrays.stream(inputs).map(i -> i.on(device)).toArray(NDArray[]::new);
        }

        @Override
        public String toString() {
            return method;
        }
    }

    /// `Class.method/number of parameters`, as in [Call#method].
    static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName() + "/" + method.getParameterCount();
    }

    /// The public operations that exist.
    static List<Method> operations() {
        return FAMILIES.stream().flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
                .filter(m -> Modifier.isPublic(m.getModifiers()) && Modifier.isStatic(m.getModifiers())).toList();
    }

    static SortedSet<String> names() {
        var names = new TreeSet<String>();
        operations().forEach(m -> names.add(name(m)));
        return names;
    }

    /// A float32 input.
    static Input f(int... dims) {
        return new Input(DType.FLOAT32, dims);
    }

    /// An int32 input of zeros.
    static Input i(int... dims) {
        return new Input(DType.INT32, dims);
    }

    private static Call call(String method, Function<Inputs, Object> body, Input... inputs) {
        String bare = method.substring(method.indexOf('.') + 1, method.indexOf('/'));
        String op = bare.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        Input[] empty = inputs.clone();
        int[] dims = empty[0].dims().clone();
        dims[0] = 0;
        empty[0] = new Input(empty[0].dtype(), dims);
        return new Call(method, op, false, false, inputs, empty, body);
    }

    static List<Call> all() {
        return Stream.of(pointwise(), arithmetic(), products(), pooling(), normalization(), losses(), reductions(),
                views(), moves()).flatMap(s -> s).toList();
    }

    private static Call one(String name, Function<Var, Var> body) {
        return call("Pointwise." + name, in -> body.apply(in.v(0)), f(2, 3)).alsoScalars();
    }

    private static Stream<Call> pointwise() {
        return Stream.of(one("unary/2", x -> Pointwise.unary(UnarySpec.SIGMOID, x)).named("sigmoid"),
                one("dropout/2", x -> Pointwise.dropout(new DropoutSpec(0.5, 1, 2), x)),
                one("relu/1", Pointwise::relu), one("relu6/1", Pointwise::relu6).named("relu6"),
                one("leakyRelu/2", x -> Pointwise.leakyRelu(x, 0.1)), one("elu/2", x -> Pointwise.elu(x, 1)),
                one("sigmoid/1", Pointwise::sigmoid), one("tanh/1", Pointwise::tanh),
                one("hardtanh/3", x -> Pointwise.hardtanh(x, -1, 1)), one("gelu/1", Pointwise::gelu),
                one("geluTanh/1", Pointwise::geluTanh), one("silu/1", Pointwise::silu),
                one("softplus/1", Pointwise::softplus), one("softsign/1", Pointwise::softsign),
                one("hardswish/1", Pointwise::hardswish), one("mish/1", Pointwise::mish),
                one("clip/3", x -> Pointwise.clip(x, 0, 1)), one("exp/1", Pointwise::exp),
                one("expm1/1", Pointwise::expm1), one("log/1", Pointwise::log), one("log1p/1", Pointwise::log1p),
                one("sqrt/1", Pointwise::sqrt), one("rsqrt/1", Pointwise::rsqrt), one("abs/1", Pointwise::abs),
                one("neg/1", Pointwise::neg), one("square/1", Pointwise::square),
                one("reciprocal/1", Pointwise::reciprocal), one("sin/1", Pointwise::sin),
                one("cos/1", Pointwise::cos), one("erf/1", Pointwise::erf), one("sign/1", Pointwise::sign),
                one("floor/1", Pointwise::floor), one("ceil/1", Pointwise::ceil), one("round/1", Pointwise::round),
                one("pow/2", x -> Pointwise.pow(x, 2)), one("affine/3", x -> Pointwise.affine(x, 2, 1)));
    }

    private static Call two(String name, java.util.function.BinaryOperator<Var> body) {
        return call("Arithmetic." + name + "/2", in -> body.apply(in.v(0), in.v(1)), f(2, 3), f(1, 3))
                .empty(f(0, 3), f(1, 3)).alsoScalars();
    }

    private static Stream<Call> arithmetic() {
        return Stream.of(two("add", Arithmetic::add), two("sub", Arithmetic::sub), two("mul", Arithmetic::mul),
                two("div", Arithmetic::div), two("pow", Arithmetic::pow), two("maximum", Arithmetic::maximum),
                two("minimum", Arithmetic::minimum),
                call("Arithmetic.add/2", in -> Arithmetic.add(in.v(0), 2.0), f(2, 3)).named("affine").alsoScalars(),
                call("Arithmetic.mul/2", in -> Arithmetic.mul(in.v(0), 2.0), f(2, 3)).named("affine").alsoScalars(),
                call("Arithmetic.where/3", in -> Arithmetic.where(in.a(2), in.v(0), in.v(1)), f(2, 3), f(1, 3),
                        i(2, 1)).empty(f(0, 3), f(1, 3), i(0, 1)).alsoScalars());
    }

    private static Stream<Call> products() {
        return Stream.of(
                call("Convolution.conv2d/4", in -> Convolution.conv2d(Conv2dSpec.of(1, 1), in.v(0), in.v(1), in.v(2)),
                        f(2, 3, 5, 5), f(4, 3, 3, 3), f(4)),
                call("Convolution.conv2d/5",
                        in -> Convolution.conv2d(Conv2dSpec.of(1, 1), in.v(0), in.v(1), in.v(2), null), f(2, 3, 5, 5),
                        f(4, 3, 3, 3), f(4)),
                call("Convolution.conv2dAdd/5", in -> Convolution.conv2dAdd(Conv2dSpec.of(1, 1), in.v(0), in.v(1),
                        in.v(2), in.v(3)), f(2, 3, 5, 5), f(4, 3, 3, 3), f(4), f(2, 4, 5, 5)).named("conv2d")
                        .empty(f(0, 3, 5, 5), f(4, 3, 3, 3), f(4), f(0, 4, 5, 5)),
                call("Linear.linear/4", in -> Linear.linear(LinearSpec.PLAIN, in.v(0), in.v(1), in.v(2)), f(2, 5, 3),
                        f(4, 3), f(4)),
                call("Linear.linear/4", in -> Linear.linear(LinearSpec.PLAIN, in.v(0), in.v(1), in.v(2)), f(2, 3),
                        f(4, 3), f(4)),
                call("Matmul.matmul/2", in -> Matmul.matmul(in.v(0), in.v(1)), f(2, 3), f(3, 4)),
                call("Matmul.matmul/2", in -> Matmul.matmul(in.v(0), in.v(1)), f(5, 3), f(3)),
                call("Matmul.matmul/3", in -> Matmul.matmul(new MatmulSpec(true, false), in.v(0), in.v(1)), f(3, 2),
                        f(3, 4)).empty(f(0, 2), f(0, 4)));
    }

    private static Stream<Call> pooling() {
        Pool2dSpec max = Pool2dSpec.max(2, 2, 0);
        var adaptive = new AdaptivePool2dSpec(PoolKind.MAX, Pair.of(2));
        return Stream.of(
                call("Pooling.pool2d/2", in -> Pooling.pool2d(max, in.v(0)), f(2, 3, 4, 4)).named("max_pool2d"),
                call("Pooling.pool2d/2", in -> Pooling.pool2d(Pool2dSpec.avg(2, 2, 0), in.v(0)), f(2, 3, 4, 4))
                        .named("avg_pool2d"),
                call("Pooling.pool2dWithIndices/2", in -> Pooling.pool2dWithIndices(max, in.v(0)), f(2, 3, 4, 4))
                        .named("max_pool2d"),
                call("Pooling.adaptivePool2d/2", in -> Pooling.adaptivePool2d(
                        new AdaptivePool2dSpec(PoolKind.AVG, Pair.of(2)), in.v(0)), f(2, 3, 5, 4))
                        .named("adaptive_avg_pool2d"),
                call("Pooling.adaptivePool2dWithIndices/2",
                        in -> Pooling.adaptivePool2dWithIndices(adaptive, in.v(0)), f(2, 3, 5, 4))
                        .named("adaptive_max_pool2d"));
    }

    private static Stream<Call> normalization() {
        var training = new BatchNormSpec(1e-5, 0.1, true, UnarySpec.IDENTITY);
        var evaluation = new BatchNormSpec(1e-5, 0.1, false, UnarySpec.IDENTITY);
        return Stream.of(
                call("Normalization.batchNorm/6", in -> Normalization.batchNorm(training, in.v(0), in.v(1), in.v(2),
                        in.a(3), in.a(4)), f(2, 3, 4, 4), f(3), f(3), f(3), f(3)).neverEmpty(),
                call("Normalization.batchNorm/6", in -> Normalization.batchNorm(evaluation, in.v(0), in.v(1), in.v(2),
                        in.a(3), in.a(4)), f(2, 3), f(3), f(3), f(3), f(3)),
                call("Normalization.batchNorm/7", in -> Normalization.batchNorm(training, in.v(0), in.v(1), in.v(2),
                        in.v(3), in.a(4), in.a(5)), f(2, 3, 4, 4), f(2, 3, 4, 4), f(3), f(3), f(3), f(3)).neverEmpty(),
                call("Normalization.layerNorm/4", in -> Normalization.layerNorm(new LayerNormSpec(1, 1e-5), in.v(0),
                        in.v(1), in.v(2)), f(2, 3), f(3), f(3)),
                call("Normalization.groupNorm/4", in -> Normalization.groupNorm(new GroupNormSpec(2, 1e-5), in.v(0),
                        in.v(1), in.v(2)), f(2, 4, 3), f(4), f(4)),
                call("Normalization.localResponseNorm/2", in -> Normalization.localResponseNorm(
                        new LocalResponseNormSpec(3, 1e-4, 0.75, 1), in.v(0)), f(2, 3, 4, 4)));
    }

    private static Call loss(String name, java.util.function.BinaryOperator<Var> body) {
        return call("Losses." + name, in -> body.apply(in.v(0), in.v(1)), f(2, 3), f(2, 3)).empty(f(0, 3), f(0, 3))
                .alsoScalars();
    }

    private static Stream<Call> losses() {
        var sum = Reduction.SUM;
        var probabilities = new CrossEntropySpec(Reduction.MEAN, 0.1, -100, true);
        var huber = new ElementLossSpec(ElementLossSpec.Kind.HUBER, sum, 1);
        return Stream.of(
                call("Losses.crossEntropy/2", in -> Losses.crossEntropy(in.v(0), in.a(1)), f(2, 3), i(2))
                        .empty(f(0, 3), i(0)),
                call("Losses.crossEntropy/4", in -> Losses.crossEntropy(CrossEntropySpec.MEAN, in.v(0), in.a(1),
                        in.a(2)), f(2, 3, 4), i(2, 4), f(3)).empty(f(0, 3, 4), i(0, 4), f(3)),
                call("Losses.crossEntropy/4", in -> Losses.crossEntropy(probabilities, in.v(0), in.a(1), in.a(2)),
                        f(2, 3), f(2, 3), f(3)).empty(f(0, 3), f(0, 3), f(3)),
                loss("mse/2", Losses::mse).named("mse_loss"),
                loss("mse/3", (a, b) -> Losses.mse(sum, a, b)).named("mse_loss"),
                loss("l1/3", (a, b) -> Losses.l1(sum, a, b)).named("l1_loss"),
                loss("smoothL1/4", (a, b) -> Losses.smoothL1(sum, 1, a, b)).named("smooth_l1_loss"),
                loss("huber/4", (a, b) -> Losses.huber(sum, 1, a, b)).named("huber_loss"),
                loss("elementLoss/4", (a, b) -> Losses.elementLoss(huber, a, b, null)).named("huber_loss"),
                call("Losses.bceWithLogits/4", in -> Losses.bceWithLogits(sum, in.v(0), in.v(1), in.a(2)), f(2, 3),
                        f(2, 3), f(3)).named("bce_with_logits_loss").empty(f(0, 3), f(0, 3), f(3)),
                call("Losses.nll/4", in -> Losses.nll(sum, in.v(0), in.a(1), in.a(2)), f(2, 3), i(2), f(3))
                        .named("nll_loss").empty(f(0, 3), i(0), f(3)));
    }

    private static Call reduction(String method, Function<Var, Object> body) {
        return call("Reductions." + method, in -> body.apply(in.v(0)), f(2, 3));
    }

    private static Stream<Call> reductions() {
        return Stream.of(reduction("sum/3", x -> Reductions.sum(x, false)).alsoScalars(),
                reduction("mean/3", x -> Reductions.mean(x, true, 1)),
                reduction("max/3", x -> Reductions.max(x, false)).neverEmpty().alsoScalars(),
                reduction("min/3", x -> Reductions.min(x, false, 0)).neverEmpty(),
                reduction("maxWithIndices/3", x -> Reductions.maxWithIndices(x, false, 1)).named("max").neverEmpty(),
                reduction("minWithIndices/3", x -> Reductions.minWithIndices(x, false, 1)).named("min").neverEmpty(),
                reduction("amax/3", x -> Reductions.amax(x, false)).neverEmpty().alsoScalars(),
                reduction("amin/3", x -> Reductions.amin(x, false)).neverEmpty().alsoScalars(),
                reduction("prod/3", x -> Reductions.prod(x, false)).alsoScalars(),
                reduction("var/4", x -> Reductions.var(x, true, false)),
                reduction("std/4", x -> Reductions.std(x, false, false, 1)),
                reduction("norm2/3", x -> Reductions.norm2(x, false)).alsoScalars(),
                reduction("logsumexp/3", x -> Reductions.logsumexp(x, false)).alsoScalars(),
                reduction("argmax/3", x -> Reductions.argmax(x, false)).neverEmpty().alsoScalars(),
                reduction("argmin/3", x -> Reductions.argmin(x, false)).neverEmpty().alsoScalars(),
                reduction("reduce/2", x -> Reductions.reduce(ReduceSpec.of(ReduceSpec.Kind.SUM, x.shape(), false), x))
                        .named("sum").alsoScalars(),
                reduction("cumsum/2", x -> Reductions.cumsum(x, 1)),
                reduction("softmax/2", x -> Reductions.softmax(x, 1)),
                reduction("logSoftmax/2", x -> Reductions.logSoftmax(x, -1)));
    }

    private static Call view(String method, Function<Var, Object> body, Input input, Input empty) {
        return call("Shaping." + method, in -> body.apply(in.v(0)), input).ofAnyType().empty(empty);
    }

    private static Stream<Call> views() {
        return Stream.of(view("reshape/2", x -> Shaping.reshape(x, -1), f(2, 3), f(0, 3)).alsoScalars(),
                view("flatten/3", x -> Shaping.flatten(x, 0, 1), f(2, 3), f(0, 3)),
                view("flatten/1", Shaping::flatten, f(2, 3, 4), f(0, 3, 4)),
                view("permute/2", x -> Shaping.permute(x, 1, 0), f(2, 3), f(0, 3)),
                view("transpose/3", x -> Shaping.transpose(x, 0, -1), f(2, 3), f(0, 3)),
                view("unsqueeze/2", x -> Shaping.unsqueeze(x, 0), f(2, 3), f(0, 3)).alsoScalars(),
                view("squeeze/2", x -> Shaping.squeeze(x), f(2, 1), f(0, 1)).alsoScalars(),
                view("expand/2", x -> Shaping.expand(x, Shape.of(4, 2, 3)), f(2, 3), f(1, 3))
                        .neverEmpty(),
                view("repeat/2", x -> Shaping.repeat(x, 2, 2), f(2, 3), f(0, 3)),
                view("narrow/4", x -> Shaping.narrow(x, 1, 1, 2), f(2, 3), f(0, 3)),
                view("slice/5", x -> Shaping.slice(x, 1, 0, 3, 2), f(2, 3), f(0, 3)));
    }

    private static Stream<Call> moves() {
        return Stream.of(
                call("Shaping.concat/2", in -> Shaping.concat(0, List.of(in.v(0), in.v(1))), f(2, 3), f(1, 3)),
                call("Shaping.stack/2", in -> Shaping.stack(-1, List.of(in.v(0), in.v(1))), f(2, 3), f(2, 3))
                        .empty(f(0, 3), f(0, 3)).alsoScalars(),
                call("Shaping.indexSelect/3", in -> Shaping.indexSelect(in.v(0), 0, in.a(1)), f(2, 3), i(4))
                        .empty(f(2, 3), i(0)),
                call("Shaping.gather/3", in -> Shaping.gather(in.v(0), 1, in.a(1)), f(2, 3), i(2, 1))
                        .empty(f(2, 3), i(0, 1)),
                call("Shaping.oneHot/2", in -> Shaping.oneHot(new OneHotSpec(3), in.a(0)), i(4)).alsoScalars(),
                call("Shaping.pad/2", in -> Shaping.pad(new PadSpec(PadSpec.Mode.CONSTANT, 1, 1, 1, 1, 0), in.v(0)),
                        f(2, 3, 4)),
                call("Shaping.resize/2", in -> Shaping.resize(new ResizeSpec(Pair.of(3), true, false), in.v(0)),
                        f(2, 3, 4, 4)));
    }
}
