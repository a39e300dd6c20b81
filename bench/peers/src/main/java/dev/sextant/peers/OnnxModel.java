package dev.sextant.peers;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import dev.sextant.bench.BookNet;
import dev.sextant.bench.Formula;
import dev.sextant.bench.peers.Plan;
import dev.sextant.bench.peers.Plans;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// A [Plan] for inference as an ONNX file: fixed batch, the formula's weights inside.
///
/// @see <a href="https://onnx.ai/onnx/operators/">ONNX operators</a>
final class OnnxModel {
    private static final int OPSET = 17;
    private static final int IR_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("plan");

    private OnnxModel() {
    }

    /// The file's bytes; input `0` is `[batch, 1, size, size]`, output `logits`.
    static byte[] of(BookNet net, int batch) {
        var model = new OnnxModel();
        Plan plan = Plans.of(net);
        plan.parameters().forEach((name, dims) -> model.constant(name, Formula.parameter(name, dims), dims));
        model.graph.addInput(OnnxMl.ValueInfoProto.newBuilder().setName("0")
                .setType(type(batch, 1, net.size(), net.size())));
        for (int i = 0; i < plan.steps().size(); i++) {
            model.graph.addNode(model.node(plan.steps().get(i))
                    .addOutput(i == plan.steps().size() - 1 ? "logits" : Integer.toString(i + 1)));
        }
        model.graph.addOutput(OnnxMl.ValueInfoProto.newBuilder().setName("logits").setType(type(batch, 10)));
        return OnnxMl.ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName("sextant-bench")
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(model.graph).build().toByteArray();
    }

    private static TypeProto type(int... dims) {
        var shape = TensorShapeProto.newBuilder();
        for (int d : dims) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(d));
        }
        return TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber()).setShape(shape)).build();
    }

    private void constant(String name, float[] values, int... dims) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var tensor = TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes));
        for (int d : dims) {
            tensor.addDims(d);
        }
        graph.addInitializer(tensor);
    }

    private NodeProto.Builder node(Plan.Step step) {
        return switch (step) {
            case Plan.Conv c -> op("Conv", c.in()).addInput(c.name() + ".weight").addInput(c.name() + ".bias")
                    .addAttribute(ints("kernel_shape", c.kernel(), c.kernel()))
                    .addAttribute(ints("strides", c.stride(), c.stride()))
                    .addAttribute(ints("pads", c.pad(), c.pad(), c.pad(), c.pad()));
            case Plan.BatchNorm b -> {
                float[] one = new float[b.channels()];
                Arrays.fill(one, 1);
                constant(b.name() + ".mean", new float[b.channels()], b.channels());
                constant(b.name() + ".var", one, b.channels());
                yield op("BatchNormalization", b.in()).addInput(b.name() + ".weight").addInput(b.name() + ".bias")
                        .addInput(b.name() + ".mean").addInput(b.name() + ".var")
                        .addAttribute(AttributeProto.newBuilder().setName("epsilon")
                                .setType(AttributeProto.AttributeType.FLOAT).setF(1e-5f));
            }
            case Plan.Linear l -> op("Gemm", l.in()).addInput(l.name() + ".weight").addInput(l.name() + ".bias")
                    .addAttribute(integer("transB", 1));
            case Plan.Relu a -> op("Relu", a.in());
            case Plan.Sigmoid a -> op("Sigmoid", a.in());
            case Plan.MaxPool m -> op("MaxPool", m.in())
                    .addAttribute(ints("kernel_shape", m.kernel(), m.kernel()))
                    .addAttribute(ints("strides", m.stride(), m.stride()))
                    .addAttribute(ints("pads", m.pad(), m.pad(), m.pad(), m.pad()));
            case Plan.AvgPool a -> op("AveragePool", a.in())
                    .addAttribute(ints("kernel_shape", a.kernel(), a.kernel()))
                    .addAttribute(ints("strides", a.kernel(), a.kernel()));
            case Plan.GlobalAvgPool g -> op("GlobalAveragePool", g.in());
            case Plan.Flatten f -> op("Flatten", f.in());
            case Plan.Dropout d -> op("Identity", d.in());
            case Plan.Add a -> op("Add", a.a()).addInput(Integer.toString(a.b()));
            case Plan.Concat c -> {
                var node = NodeProto.newBuilder().setOpType("Concat").addAttribute(integer("axis", 1));
                c.parts().forEach(p -> node.addInput(Integer.toString(p)));
                yield node;
            }
        };
    }

    private static NodeProto.Builder op(String type, int input) {
        return NodeProto.newBuilder().setOpType(type).addInput(Integer.toString(input));
    }

    private static AttributeProto ints(String name, long... values) {
        List<Long> list = Arrays.stream(values).boxed().toList();
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS).addAllInts(list)
                .build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }
}
