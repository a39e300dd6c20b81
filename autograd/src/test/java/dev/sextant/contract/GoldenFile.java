package dev.sextant.contract;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One file of reference data: tensors (F32 and I64) and what its metadata says about them.
final class GoldenFile {
    private final String name;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /// @param values `float[]`, or `int[]` for integers (all reference integers are small)
    private record Tensor(Shape shape, Object values) {
    }

    GoldenFile(Path file) {
        name = file.getFileName().toString();
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int headerLength = Math.toIntExact(bytes.getLong());
        String header = new String(bytes.array(), Long.BYTES, headerLength, StandardCharsets.UTF_8);
        ((Map<?, ?>) Json.parse(header)).forEach((key, entry) -> {
            var fields = (Map<?, ?>) entry;
            if (key.equals("__metadata__")) {
                fields.forEach((k, v) -> metadata.put((String) k, (String) v));
            } else {
                tensors.put((String) key, tensor(fields, bytes, Long.BYTES + headerLength));
            }
        });
    }

    private static Tensor tensor(Map<?, ?> fields, ByteBuffer bytes, int start) {
        Shape shape = Shape.of(((List<?>) fields.get("shape")).stream()
                .mapToInt(d -> ((Double) d).intValue()).toArray());
        int n = (int) shape.size();
        bytes.position(start + ((Double) ((List<?>) fields.get("data_offsets")).getFirst()).intValue());
        return switch ((String) fields.get("dtype")) {
            case "F32" -> {
                float[] values = new float[n];
                bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
                yield new Tensor(shape, values);
            }
            case "I64" -> {
                long[] values = new long[n];
                bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
                yield new Tensor(shape, Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
            }
            default -> throw new IllegalArgumentException("reference data of type " + fields.get("dtype"));
        };
    }

    String name() {
        return name;
    }

    Set<String> tensorNames() {
        return tensors.keySet();
    }

    boolean has(String tensor) {
        return tensors.containsKey(tensor);
    }

    boolean isFloat(String tensor) {
        return tensors.get(tensor).values instanceof float[];
    }

    Shape shape(String tensor) {
        return tensors.get(tensor).shape;
    }

    /// The tensor on a device, or null if the file lacks it.
    NDArray array(String tensor, Device device) {
        return switch (tensors.get(tensor)) {
            case null -> null;
            case Tensor(Shape shape, float[] values) -> NDArray.of(values, shape, device);
            case Tensor(Shape shape, int[] values) -> NDArray.of(values, shape, device);
            case Tensor t -> throw new IllegalStateException(t.toString());
        };
    }

    /// The tensor's values.
    double[] values(String tensor) {
        return array(tensor, Device.ref()).toDoubles();
    }

    /// An attribute that must be there.
    String text(String attribute) {
        String value = metadata.get(attribute);
        if (value == null) {
            throw new IllegalArgumentException(name + ": no attribute " + attribute + " in " + metadata.keySet());
        }
        return value;
    }

    boolean hasAttribute(String attribute) {
        return metadata.containsKey(attribute);
    }

    /// A comma-separated attribute.
    List<String> names(String attribute) {
        String value = text(attribute);
        return value.isEmpty() ? List.of() : List.of(value.split(","));
    }

    int[] ints(String attribute) {
        return names(attribute).stream().mapToInt(Integer::parseInt).toArray();
    }

    int integer(String attribute) {
        return Integer.parseInt(text(attribute));
    }

    double number(String attribute) {
        return Double.parseDouble(text(attribute));
    }

    double number(String attribute, double absent) {
        return hasAttribute(attribute) ? number(attribute) : absent;
    }

    boolean flag(String attribute) {
        return switch (text(attribute)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(name + ": " + attribute + " is no boolean");
        };
    }
}
