package dev.sextant.cli.onnx;

import static dev.sextant.cli.onnx.OnnxGraph.integer;
import static dev.sextant.cli.onnx.OnnxGraph.ints;
import static dev.sextant.cli.onnx.OnnxGraph.pads;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import dev.sextant.autograd.Var;
import dev.sextant.cli.graph.TracedGraph;
import dev.sextant.cli.graph.TracedGraph.Node;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.MoveSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.nn.Layer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A traced network as an ONNX model: for every operation of the trace the ONNX operators that compute it. Whatever does
/// not depend on the image becomes a constant; parameters keep their names.
public final class OnnxExport {
    private final OnnxGraph graph;
    private final Map<Var, String> names = new HashMap<>();
    private final Map<Var, String> parameters;
    private Node node;

    private OnnxExport(String title, TracedGraph trace) {
        graph = new OnnxGraph(title);
        parameters = trace.parameters();
    }

    /// The model, for batches of any size.
    ///
    /// @param layer    initialised; it is put into evaluation mode
    /// @param images   one image is enough: `[1, C, H, W]`
    /// @param metadata for people and tools that look into the file
    /// @throws SextantException if an operation has no form in ONNX here
    public static ModelProto of(Layer layer, NDArray images, String title, String version,
            Map<String, String> metadata) {
        layer.eval();
        TracedGraph trace = TracedGraph.of(layer, images, List::getFirst);
        var export = new OnnxExport(title, trace);
        export.names.put(trace.input(), export.graph.input("input", images.shape()));
        for (Node node : trace.nodes()) {
            export.node = node;
            export.names.put(node.value(), export.translate(node.value()));
        }
        String logits = export.graph.node("Identity", "logits", List.of(export.name(trace.root())));
        export.graph.output(logits, trace.root().shape());
        return export.graph.model("sextant", version, metadata);
    }

    /// The name of a value; a constant is stored when it is first asked for.
    private String name(Var v) {
        return names.computeIfAbsent(v, constant -> graph.constant(
                parameters.getOrDefault(constant, "constant"), constant.value().toFloats(), constant.shape().dims()));
    }

    private String add(String operator, List<String> inputs, AttributeProto... attributes) {
        String function = operator.toLowerCase(Locale.ROOT);
        return graph.node(operator, node.path().isEmpty() ? function : node.path() + "." + function, inputs,
                attributes);
    }

    private String scalar(double value) {
        return graph.constant("scalar", new float[] {(float) value});
    }

    private String translate(Var v) {
        List<String> in = v.parents().stream().map(this::name).toList();
        Var x = v.parents().getFirst();
        return switch (v.op()) {
            case Conv2dSpec s -> activated(s.activation(), add("Conv", in,
                    ints("kernel_shape", v.parents().get(1).shape().dim(2), v.parents().get(1).shape().dim(3)),
                    ints("strides", s.stride()), pads(s.pad()), ints("dilations", s.dilation()),
                    integer("group", s.groups())));
            case LinearSpec s when x.shape().rank() == 2 ->
                activated(s.activation(), add("Gemm", in, integer("transB", 1)));
            case BatchNormSpec s -> activated(s.activation(), batchNorm(s, in));
            case UnarySpec s -> activated(s, in.getFirst());
            case BinarySpec s -> add(switch (s.kind()) {
                case ADD -> "Add";
                case SUB -> "Sub";
                case MUL -> "Mul";
                case DIV -> "Div";
                case POW -> "Pow";
                case MAXIMUM -> "Max";
                case MINIMUM -> "Min";
            }, in);
            case Pool2dSpec s -> pool(s, in);
            case AdaptivePool2dSpec s -> adaptive(s, x.shape(), in);
            case LocalResponseNormSpec s -> add("LRN", in, integer("size", s.size()),
                    OnnxGraph.number("alpha", s.alpha()), OnnxGraph.number("beta", s.beta()),
                    OnnxGraph.number("bias", s.k()));
            case SoftmaxSpec s -> add(s.log() ? "LogSoftmax" : "Softmax", in, integer("axis", s.axis()));
            case MoveSpec s when s.opName().equals("concat") ->
                add("Concat", in, integer("axis", concatAxis(v)));
            case MoveSpec s when s.opName().equals("reshape") -> reshape(x.shape(), v.shape(), in.getFirst());
            default -> throw unknown(v.op().opName());
        };
    }

    private SextantException unknown(String operation) {
        return new SextantException(
                "export: the operation %s of layer '%s' (%s) has no ONNX form here; leave it out of "
                        + "the network, or export its weights with --format safetensors",
                operation, node.path(),
                node.layer() == null ? "function" : node.layer().typeName());
    }

    private String batchNorm(BatchNormSpec s, List<String> in) {
        List<String> all = new ArrayList<>(in);
        for (String statistic : List.of("running_mean", "running_var")) {
            NDArray values = node.layer().buffer(statistic);
            all.add(graph.constant(node.path() + "." + statistic, values.toFloats(), values.shape().dims()));
        }
        return add("BatchNormalization", all, OnnxGraph.number("epsilon", s.eps()));
    }

    private String pool(Pool2dSpec s, List<String> in) {
        var window = new ArrayList<>(List.of(ints("kernel_shape", s.kernel()), ints("strides", s.stride()),
                pads(s.pad()), integer("ceil_mode", s.ceil() ? 1 : 0)));
        if (s.kind() == PoolKind.MAX) {
            window.add(ints("dilations", s.dilation()));
        } else {
            window.add(integer("count_include_pad", s.countIncludePad() ? 1 : 0));
        }
        return add(s.kind() == PoolKind.MAX ? "MaxPool" : "AveragePool", in,
                window.toArray(AttributeProto[]::new));
    }

    /// ONNX knows the global form alone. Where the output divides the image, windows of one size do it; other averages
    /// are two matrix products, `A·x·Bᵀ`, whose rows say which pixels each output averages.
    private String adaptive(AdaptivePool2dSpec s, Shape x, List<String> in) {
        boolean max = s.kind() == PoolKind.MAX;
        int h = x.dim(2);
        int w = x.dim(3);
        int p = s.output().h();
        int q = s.output().w();
        if (p == 1 && q == 1) {
            return add(max ? "GlobalMaxPool" : "GlobalAveragePool", in);
        }
        if (h % p == 0 && w % q == 0) {
            return add(max ? "MaxPool" : "AveragePool", in, ints("kernel_shape", h / p, w / q),
                    ints("strides", h / p, w / q));
        }
        if (max) {
            throw unknown(s.opName() + " from " + h + "×" + w + " to " + s.output());
        }
        String rows = graph.constant(node.path() + ".rows", averages(p, h, false), p, h);
        String columns = graph.constant(node.path() + ".columns", averages(q, w, true), w, q);
        return add("MatMul", List.of(add("MatMul", List.of(rows, in.getFirst())), columns));
    }

    /// The matrix that averages `in` positions to `out`, `[out, in]`, or transposed.
    private static float[] averages(int out, int in, boolean transposed) {
        float[] matrix = new float[out * in];
        for (int i = 0; i < out; i++) {
            int start = AdaptivePool2dSpec.start(i, in, out);
            int end = AdaptivePool2dSpec.end(i, in, out);
            for (int j = start; j < end; j++) {
                matrix[transposed ? j * out + i : i * in + j] = 1f / (end - start);
            }
        }
        return matrix;
    }

    private static int concatAxis(Var v) {
        for (int axis = 0; axis < v.shape().rank(); axis++) {
            int a = axis;
            if (v.parents().stream().anyMatch(p -> p.shape().dim(a) != v.shape().dim(a))) {
                return axis;
            }
        }
        return 0;
    }

    /// A reshape that keeps the batch axis; 0 stands for "as it was".
    private String reshape(Shape from, Shape to, String x) {
        if (to.dim(0) != from.dim(0)) {
            throw unknown("reshape of " + from + " to " + to + ", which changes the batch,");
        }
        if (to.rank() == 2) {
            return add("Flatten", List.of(x), integer("axis", 1));
        }
        long[] dims = new long[to.rank()];
        for (int i = 1; i < dims.length; i++) {
            dims[i] = to.dim(i);
        }
        return add("Reshape", List.of(x, graph.constant("shape", dims)));
    }

    private String activated(UnarySpec s, String x) {
        List<String> in = List.of(x);
        return switch (s.kind()) {
            case IDENTITY -> x;
            case RELU -> add("Relu", in);
            case SIGMOID -> add("Sigmoid", in);
            case TANH -> add("Tanh", in);
            case SCALED_TANH -> affine(s.a(), 0, add("Tanh", List.of(affine(s.b(), 0, x))));
            case HARDTANH, CLIP -> add("Clip", List.of(x, scalar(s.a()), scalar(s.b())));
            case LEAKY_RELU -> add("LeakyRelu", in, OnnxGraph.number("alpha", s.a()));
            case ELU -> add("Elu", in, OnnxGraph.number("alpha", s.a()));
            case SILU -> add("Mul", List.of(x, add("Sigmoid", in)));
            case HARDSWISH -> add("HardSwish", in);
            case SOFTSIGN -> add("Softsign", in);
            case SOFTPLUS -> affine(1 / s.a(), 0, add("Softplus", List.of(affine(s.a(), 0, x))));
            case MISH -> add("Mul", List.of(x, add("Tanh", List.of(add("Softplus", in)))));
            case GELU -> add("Mul", List.of(affine(0.5, 0, x),
                    affine(1, 1, add("Erf", List.of(affine(Math.sqrt(0.5), 0, x))))));
            case AFFINE -> affine(s.a(), s.b(), x);
            case EXP -> add("Exp", in);
            case LOG -> add("Log", in);
            case SQRT -> add("Sqrt", in);
            case ABS -> add("Abs", in);
            case NEG -> add("Neg", in);
            default -> throw unknown(s.opName());
        };
    }

    /// `scale·x + shift`.
    private String affine(double scale, double shift, String x) {
        String scaled = scale == 1 ? x : add("Mul", List.of(x, scalar(scale)));
        return shift == 0 ? scaled : add("Add", List.of(scaled, scalar(shift)));
    }
}
