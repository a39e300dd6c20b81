package dev.sextant.nn.io;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.io.Pickle.Call;
import dev.sextant.nn.io.Pickle.Global;
import dev.sextant.nn.io.Pickle.Persistent;
import dev.sextant.nn.io.Pickle.Tuple;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A state dictionary saved by PyTorch (`torch.save(model.state_dict(), "net.pth")`), in the zip format or in the one
/// before version 1.6. Its pickle is interpreted, not executed; see [Pickle].
///
/// Every description in the file is checked against the bytes that are there before memory is taken: a damaged or
/// hostile file gives one [FormatException].
///
/// A dictionary around the state dictionary (`{"state_dict": …}`, `{"model": …}`) and the prefix `module.` of
/// data-parallel training are taken off.
public final class PthFile implements TensorFile {
    private final String file;
    private final PthContainer container;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// One tensor: where its elements lie in which storage.
    ///
    /// @param offset  of its first element, counted in elements
    /// @param strides in elements
    private record Entry(String storage, ElementType type, long offset, Shape shape, long[] strides) {
    }

    private PthFile(String file, PthContainer container) {
        this.file = file;
        this.container = container;
    }

    /// Opens and checks a file; close it when the tensors have been read.
    ///
    /// @throws FormatException if it is no state dictionary, or damaged
    public static PthFile open(Path path) throws IOException {
        String file = path.getFileName().toString();
        PthContainer container = PthContainer.open(file, path);
        boolean opened = false;
        try {
            var pth = new PthFile(file, container);
            pth.collect(container.root());
            opened = true;
            return pth;
        } finally {
            if (!opened) {
                container.close();
            }
        }
    }

    private void collect(Object root) {
        Object state = root;
        for (String wrapper : List.of("state_dict", "model")) {
            if (state instanceof Map<?, ?> map && map.get(wrapper) instanceof Map<?, ?> inner) {
                state = inner;
            }
        }
        if (!(state instanceof Map<?, ?> map)) {
            throw new FormatException("%s: holds no state dictionary; save model.state_dict()", file);
        }
        boolean parallel = !map.isEmpty() && map.keySet().stream().allMatch(k -> k instanceof String s
                && s.startsWith("module."));
        map.forEach((key, value) -> {
            if (value instanceof Call call) {
                String name = String.valueOf(key);
                entries.put(parallel ? name.substring("module.".length()) : name, entry(name, call));
            }
        });
        if (entries.isEmpty()) {
            throw new FormatException("%s: the dictionary in it holds no tensors, only %s", file,
                    map.keySet().stream().limit(10).toList());
        }
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, …)`, or `_rebuild_parameter(tensor, …)` around it.
    private Entry entry(String name, Call call) {
        List<Object> a = call.arguments().items();
        String constructor = call.constructor().name();
        if (constructor.equals("_rebuild_parameter") && !a.isEmpty() && a.getFirst() instanceof Call inner
                && !inner.constructor().name().equals(constructor)) {
            return entry(name, inner);
        }
        require(constructor.startsWith("_rebuild_tensor") && a.size() >= 4, name, "is no tensor");
        require(a.get(0) instanceof Persistent p && p.id() instanceof Tuple, name, "has no storage");
        List<Object> id = ((Tuple) ((Persistent) a.get(0)).id()).items();
        require(id.size() >= 5 && "storage".equals(id.get(0)) && id.get(1) instanceof Global
                && id.get(2) instanceof String && id.get(4) instanceof Long, name, "has a storage without description");
        ElementType type = ElementType.ofStorage(((Global) id.get(1)).name());
        require(type != null, name, "has elements of no number type");
        String storage = (String) id.get(2);
        long elements = container.bytes(storage) / type.bytes();
        require(container.bytes(storage) >= 0, name, "has a storage that is not in the file");
        require(container.bytes(storage) <= Integer.MAX_VALUE, name, "has a storage of more than 2 GiB");
        require((Long) id.get(4) >= 0 && (Long) id.get(4) <= elements, name,
                "has a storage that is longer than the file has bytes for it (truncated?)");
        long[] size = longs(name, a.get(2));
        long[] strides = longs(name, a.get(3));
        require(size.length == strides.length && size.length <= 8, name, "has a size and strides that do not fit");
        require(a.get(1) instanceof Long offset && offset >= 0, name, "has a negative offset");
        return new Entry(storage, type, (Long) a.get(1), checked(name, size, strides, (Long) a.get(1), elements),
                strides);
    }

    /// The shape, once every element is known to lie inside the storage, and none of them to stand for many.
    private Shape checked(String name, long[] size, long[] strides, long offset, long elements) {
        try {
            int[] dims = new int[size.length];
            long count = 1;
            long last = offset;
            for (int i = 0; i < size.length; i++) {
                dims[i] = Math.toIntExact(size[i]);
                count = Math.multiplyExact(count, size[i]);
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, size[i] - 1), strides[i]));
            }
            require(count == 0 || last < elements, name, "reaches beyond its storage");
            require(count <= elements, name, "has more elements than its storage");
            return Shape.of(dims);
        } catch (ArithmeticException e) {
            throw new FormatException(e, "%s: tensor %s is larger than any array", file, name);
        }
    }

    private long[] longs(String name, Object value) {
        Object tuple = value instanceof Call call && call.constructor().name().equals("Size")
                && call.arguments().items().size() == 1 ? call.arguments().items().getFirst() : value;
        require(tuple instanceof Tuple, name, "has no size");
        List<Object> items = new ArrayList<>(((Tuple) tuple).items());
        require(items.stream().allMatch(i -> i instanceof Long n && n >= 0), name, "has a negative size or stride");
        return items.stream().mapToLong(i -> (Long) i).toArray();
    }

    private void require(boolean condition, String name, String otherwise) {
        if (!condition) {
            throw new FormatException("%s: tensor %s %s", file, name, otherwise);
        }
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        entries.forEach((name, e) -> shapes.put(name, e.shape));
        return Collections.unmodifiableMap(shapes);
    }

    @Override
    public boolean isFloating(String name) {
        return need(name).type.isFloating();
    }

    @Override
    public NDArray array(String name, Device device) {
        Entry e = need(name);
        int n = Math.toIntExact(e.shape.size());
        ByteBuffer bytes = container.read(e.storage);
        float[] floats = e.type.isFloating() ? new float[n] : null;
        int[] ints = floats == null ? new int[n] : null;
        long[] index = new long[e.strides.length];
        long at = e.offset;
        for (int i = 0; i < n; i++) {
            int position = Math.toIntExact(at * e.type.bytes());
            if (floats != null) {
                floats[i] = e.type.floatAt(bytes, position);
            } else {
                long value = e.type.longAt(bytes, position);
                require(value == (int) value, name, "has an integer that does not fit into 32 bits");
                ints[i] = (int) value;
            }
            // The next index, last axis fastest.
            for (int axis = index.length - 1; axis >= 0; axis--) {
                at += e.strides[axis];
                if (++index[axis] < e.shape.dim(axis)) {
                    break;
                }
                at -= index[axis] * e.strides[axis];
                index[axis] = 0;
            }
        }
        return floats != null ? NDArray.of(floats, e.shape, device) : NDArray.of(ints, e.shape, device);
    }

    private Entry need(String name) {
        Entry e = entries.get(name);
        if (e == null) {
            throw new FormatException("%s: has no tensor %s; it has %s", file, name, entries.keySet());
        }
        return e;
    }

    @Override
    public void close() {
        container.close();
    }
}
