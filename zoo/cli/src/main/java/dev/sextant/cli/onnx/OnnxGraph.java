package dev.sextant.cli.onnx;

import ai.onnx.proto.OnnxMl;
import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Pair;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An ONNX graph under construction: nodes, constants and their names, in terms of ONNX alone.
///
/// @see <a href="https://onnx.ai/onnx/operators/">ONNX operators</a>
final class OnnxGraph {
    /// The operators' versions; 17 is read by every ONNX Runtime since 1.12 (2022).
    private static final int OPSET = 17;
    private static final int IR_VERSION = 8;
    /// What the batch axis is called: files run with any number of images.
    private static final String BATCH = "batch";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private final Set<String> names = new HashSet<>();

    OnnxGraph(String name) {
        graph.setName(name);
    }

    /// A name that nothing else has: the wanted one, or that with a number.
    String unique(String wanted) {
        String name = wanted;
        for (int i = 2; !names.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /// Declares the graph's input of float32; its first axis is the batch.
    String input(String name, Shape shape) {
        graph.addInput(OnnxMl.ValueInfoProto.newBuilder().setName(name).setType(type(shape)));
        names.add(name);
        return name;
    }

    /// Declares a result as the graph's output.
    void output(String name, Shape shape) {
        graph.addOutput(OnnxMl.ValueInfoProto.newBuilder().setName(name).setType(type(shape)));
    }

    private static TypeProto type(Shape shape) {
        var dims = TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
        for (int i = 1; i < shape.rank(); i++) {
            dims.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(shape.dim(i)));
        }
        return TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber()).setShape(dims)).build();
    }

    /// Stores float32 values; returns their name.
    String constant(String name, float[] values, int... dims) {
        var bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return constant(name, TensorProto.DataType.FLOAT, bytes, dims);
    }

    /// Stores int64 values, such as the extents of a reshape.
    String constant(String name, long... values) {
        var bytes = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, TensorProto.DataType.INT64, bytes, values.length);
    }

    private String constant(String name, TensorProto.DataType kind, ByteBuffer bytes, int... dims) {
        String own = unique(name);
        // Nobody writes into the buffer any more: big networks need not be in memory a third time.
        ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
        var tensor = TensorProto.newBuilder().setName(own).setDataType(kind.getNumber()).setRawData(data);
        Arrays.stream(dims).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return own;
    }

    /// Appends an operator; returns the name of its result.
    String node(String type, String result, List<String> inputs, AttributeProto... attributes) {
        String own = unique(result);
        graph.addNode(NodeProto.newBuilder().setOpType(type).setName(own).addAllInput(inputs).addOutput(own)
                .addAllAttribute(List.of(attributes)));
        return own;
    }

    static AttributeProto ints(String name, long... values) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS)
                .addAllInts(Arrays.stream(values).boxed().toList()).build();
    }

    static AttributeProto ints(String name, Pair pair) {
        return ints(name, pair.h(), pair.w());
    }

    /// ONNX's order: begin of every axis, then end of every axis.
    static AttributeProto pads(Pair pad) {
        return ints("pads", pad.h(), pad.w(), pad.h(), pad.w());
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
    }

    static AttributeProto number(String name, double value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeType.FLOAT).setF((float) value).build();
    }

    /// The finished model.
    ///
    /// @param metadata for people and tools that look into the file
    ModelProto model(String producer, String version, Map<String, String> metadata) {
        var model = ModelProto.newBuilder().setIrVersion(IR_VERSION).setProducerName(producer)
                .setProducerVersion(version)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph);
        metadata.forEach((key, value) -> model
                .addMetadataProps(OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }
}
