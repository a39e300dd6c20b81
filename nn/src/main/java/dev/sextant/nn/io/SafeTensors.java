package dev.sextant.nn.io;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The safetensors format: eight bytes header length (little-endian), a JSON header `{name: {dtype, shape,
/// data_offsets}}`, then the raw little-endian data, row-major, without gaps.
///
/// The file is mapped, and everything in the header is checked against the file's real size before a tensor is
/// touched: truncated, overlapping, oversized or contradictory files give one [FormatException].
///
/// @see <a href="https://github.com/huggingface/safetensors">the format's home</a>
public final class SafeTensors implements TensorFile {
    /// A quarter of what the format allows: some hundred thousand tensors, and a bound on what parsing takes.
    private static final long MAX_HEADER = 25_000_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /// One tensor's place in the file; the offsets count from the end of the header.
    public record Entry(String dtype, Shape shape, long begin, long end) {
    }

    private final String file;
    private final Arena arena;
    private final MemorySegment data;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafeTensors(String file, Arena arena, MemorySegment data, Map<String, Entry> entries,
            Map<String, String> metadata) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.entries = Collections.unmodifiableMap(entries);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    // ---- reading ----

    /// Opens and checks a file; close it when the tensors have been read.
    ///
    /// @throws FormatException if it does not follow the format
    public static SafeTensors open(Path path) throws IOException {
        String file = path.getFileName().toString();
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < 8) {
                throw new FormatException("%s: is no safetensors file: %d bytes, but 8 are needed for the header "
                        + "length", file, size);
            }
            MemorySegment all = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long header = all.get(LONG, 0);
            if (header > MAX_HEADER && header <= size - 8) {
                throw new FormatException("%s: the header has %d bytes, but this reader takes at most %d", file, header,
                        MAX_HEADER);
            }
            if (header < 2 || header > size - 8) {
                throw new FormatException("%s: is no safetensors file, or truncated: the header is said to have %s "
                        + "bytes, but the file has %d", file, Long.toUnsignedString(header), size);
            }
            byte[] json = all.asSlice(8, header).toArray(ValueLayout.JAVA_BYTE);
            MemorySegment data = all.asSlice(8 + header);
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, Entry> entries = entries(file, new String(json, StandardCharsets.UTF_8), metadata);
            checkCoverage(file, entries, data.byteSize());
            opened = true;
            return new SafeTensors(file, arena, data, entries, metadata);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static Map<String, Entry> entries(String file, String json, Map<String, String> metadata) {
        if (!(Json.parse(json, file) instanceof Map<?, ?> header)) {
            throw new FormatException("%s: the header must be a JSON object", file);
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        header.forEach((key, value) -> {
            String name = (String) key;
            if (!(value instanceof Map<?, ?> fields)) {
                throw new FormatException("%s: the header's entry \"%s\" must be an object", file, name);
            }
            if (name.equals("__metadata__")) {
                fields.forEach((k, v) -> {
                    if (!(v instanceof String s)) {
                        throw new FormatException("%s: metadata \"%s\" must be a string", file, k);
                    }
                    metadata.put((String) k, s);
                });
            } else {
                entries.put(name, entry(file, name, fields));
            }
        });
        return entries;
    }

    private static Entry entry(String file, String name, Map<?, ?> fields) {
        if (!(fields.get("dtype") instanceof String dtype)) {
            throw new FormatException("%s: tensor %s has no dtype", file, name);
        }
        long[] dims = longs(file, name, "shape", fields.get("shape"));
        long[] offsets = longs(file, name, "data_offsets", fields.get("data_offsets"));
        if (offsets.length != 2) {
            throw new FormatException("%s: tensor %s needs two data_offsets, but has %d", file, name, offsets.length);
        }
        try {
            int[] extents = new int[dims.length];
            long bytes = bytesOf(file, name, dtype);
            for (int i = 0; i < dims.length; i++) {
                extents[i] = Math.toIntExact(dims[i]);
                bytes = Math.multiplyExact(bytes, dims[i]);
            }
            if (offsets[1] - offsets[0] != bytes) {
                throw new FormatException("%s: tensor %s (%s %s) needs %d bytes, but data_offsets [%d, %d) give %d",
                        file, name, dtype, Shape.of(extents), bytes, offsets[0], offsets[1], offsets[1] - offsets[0]);
            }
            return new Entry(dtype, Shape.of(extents), offsets[0], offsets[1]);
        } catch (ArithmeticException e) {
            throw new FormatException(e, "%s: tensor %s is larger than any array: shape %s", file, name,
                    fields.get("shape"));
        }
    }

    private static int bytesOf(String file, String name, String dtype) {
        return switch (dtype) {
            case "F64", "I64", "U64" -> 8;
            case "F32", "I32", "U32" -> 4;
            case "F16", "BF16", "I16", "U16" -> 2;
            case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2" -> 1;
            default -> throw new FormatException("%s: tensor %s has the unknown dtype %s", file, name, dtype);
        };
    }

    private static long[] longs(String file, String name, String field, Object value) {
        if (!(value instanceof List<?> list)) {
            throw new FormatException("%s: tensor %s has no %s", file, name, field);
        }
        long[] out = new long[list.size()];
        for (int i = 0; i < out.length; i++) {
            try {
                out[i] = list.get(i) instanceof BigDecimal number ? number.longValueExact() : -1;
            } catch (ArithmeticException e) {
                out[i] = -1;
            }
            if (out[i] < 0) {
                throw new FormatException("%s: tensor %s: %s must be whole numbers >= 0 below 2^63, but are %s", file,
                        name, field, list);
            }
        }
        return out;
    }

    private static void checkCoverage(String file, Map<String, Entry> entries, long size) {
        List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(entries.entrySet());
        inOrder.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long end = 0;
        for (var e : inOrder) {
            if (e.getValue().begin() != end) {
                throw new FormatException("%s: tensor %s starts at byte %d, but the one before it ends at %d: tensors "
                        + "must neither overlap nor leave gaps", file, e.getKey(), e.getValue().begin(), end);
            }
            end = e.getValue().end();
        }
        if (end != size) {
            throw new FormatException("%s: the header describes %d bytes of data, but the file has %d%s", file, end,
                    size, end > size ? " (truncated)" : "");
        }
    }

    /// The tensors by name, in the header's order.
    public Map<String, Entry> entries() {
        return entries;
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        entries.forEach((name, e) -> shapes.put(name, e.shape()));
        return shapes;
    }

    /// The header's `__metadata__`.
    public Map<String, String> metadata() {
        return metadata;
    }

    private Entry need(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw new FormatException("%s: has no tensor %s; it has %s", file, name, entries.keySet());
        }
        return e;
    }

    /// A floating tensor as float32 (F64, F16 and BF16 are converted).
    public float[] floats(String name) {
        Entry e = need(name);
        MemorySegment s = data.asSlice(e.begin, e.end - e.begin);
        float[] out = new float[Math.toIntExact(e.shape.size())];
        switch (e.dtype) {
            case "F32" -> MemorySegment.copy(s, FLOAT, 0, out, 0, out.length);
            case "F64" -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = (float) s.get(DOUBLE, 8L * i);
                }
            }
            case "F16" -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = Float.float16ToFloat(s.get(SHORT, 2L * i));
                }
            }
            case "BF16" -> {
                for (int i = 0; i < out.length; i++) {
                    out[i] = Float.intBitsToFloat(s.get(SHORT, 2L * i) << 16);
                }
            }
            default -> throw new FormatException("%s: tensor %s is %s, not floating", file, name, e.dtype);
        }
        return out;
    }

    /// An integer tensor (I64, I32, U8, …).
    public long[] longs(String name) {
        Entry e = need(name);
        MemorySegment s = data.asSlice(e.begin, e.end - e.begin);
        long[] out = new long[Math.toIntExact(e.shape.size())];
        for (int i = 0; i < out.length; i++) {
            out[i] = switch (e.dtype) {
                case "I64" -> s.get(LONG, 8L * i);
                case "I32" -> s.get(INT, 4L * i);
                case "U32" -> s.get(INT, 4L * i) & 0xFFFFFFFFL;
                case "I16" -> s.get(SHORT, 2L * i);
                case "U16" -> s.get(SHORT, 2L * i) & 0xFFFF;
                case "I8" -> s.get(ValueLayout.JAVA_BYTE, i);
                case "U8", "BOOL" -> s.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
                default -> throw new FormatException("%s: tensor %s is %s, not an integer type this reader takes",
                        file, name, e.dtype);
            };
        }
        return out;
    }

    @Override
    public boolean isFloating(String name) {
        String dtype = need(name).dtype;
        return dtype.startsWith("F") || dtype.startsWith("BF");
    }

    @Override
    public NDArray array(String name, Device device) {
        Entry e = need(name);
        if (isFloating(name)) {
            return NDArray.of(floats(name), e.shape, device);
        }
        long[] values = longs(name);
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = (int) values[i];
            if (ints[i] != values[i]) {
                throw new FormatException("%s: tensor %s holds %d at position %d, which is no 32-bit integer", file,
                        name, values[i], i);
            }
        }
        return NDArray.of(ints, e.shape, device);
    }

    @Override
    public void close() {
        arena.close();
    }

    // ---- writing ----

    /// Writes arrays and metadata atomically: float32 as F32, float64 as F64, int32 as I64 (PyTorch's integer type).
    public static void write(Path path, Map<String, NDArray> arrays, Map<String, String> metadata) throws IOException {
        AtomicFile.write(path, out -> write(out, arrays, metadata));
    }

    private static void write(OutputStream out, Map<String, NDArray> arrays, Map<String, String> metadata)
            throws IOException {
        var json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append("\"__metadata__\":{");
            String comma = "";
            for (var e : metadata.entrySet()) {
                json.append(comma).append(Json.quote(e.getKey())).append(':').append(Json.quote(e.getValue()));
                comma = ",";
            }
            json.append("},");
        }
        long offset = 0;
        for (var e : arrays.entrySet()) {
            NDArray a = e.getValue();
            long end = offset + a.size() * (a.dtype() == DType.FLOAT32 ? 4 : 8);
            json.append(Json.quote(e.getKey())).append(":{\"dtype\":\"").append(switch (a.dtype()) {
                case FLOAT32 -> "F32";
                case FLOAT64 -> "F64";
                case INT32 -> "I64";
            }).append("\",\"shape\":").append(a.shape().toString().replace(" ", "")).append(",\"data_offsets\":[")
                    .append(offset).append(',').append(end).append("]},");
            offset = end;
        }
        if (json.charAt(json.length() - 1) == ',') {
            json.setLength(json.length() - 1);
        }
        json.append('}');
        byte[] header = json.toString().getBytes(StandardCharsets.UTF_8);
        int padded = Math.ceilDiv(header.length, 8) * 8;
        out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).array());
        out.write(header);
        for (int i = header.length; i < padded; i++) {
            out.write(' ');
        }
        for (NDArray a : arrays.values()) {
            writeData(out, a);
        }
    }

    private static void writeData(OutputStream out, NDArray a) throws IOException {
        int n = Math.toIntExact(a.size());
        ByteBuffer bytes = ByteBuffer.allocate(8 * Math.min(n, 1 << 16)).order(ByteOrder.LITTLE_ENDIAN);
        float[] floats = a.dtype() == DType.FLOAT32 ? a.toFloats() : null;
        double[] doubles = a.dtype() == DType.FLOAT64 ? a.toDoubles() : null;
        int[] ints = a.dtype() == DType.INT32 ? a.toInts() : null;
        for (int i = 0; i < n; i++) {
            if (floats != null) {
                bytes.putFloat(floats[i]);
            } else if (doubles != null) {
                bytes.putDouble(doubles[i]);
            } else {
                bytes.putLong(ints[i]);
            }
            if (bytes.remaining() < 8 || i == n - 1) {
                out.write(bytes.array(), 0, bytes.position());
                bytes.clear();
            }
        }
    }

    /// Reads a whole file: arrays on a device.
    public static Map<String, NDArray> readAll(Path path, Device device) {
        try (var file = open(path)) {
            Map<String, NDArray> all = new LinkedHashMap<>();
            file.entries().keySet().forEach(name -> all.put(name, file.array(name, device)));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
