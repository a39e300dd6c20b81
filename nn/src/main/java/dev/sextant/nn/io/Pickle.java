package dev.sextant.nn.io;

import dev.sextant.engine.error.FormatException;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the part of Python's pickle format that PyTorch's state dictionaries use. Nothing is executed: a pickle that
/// names any function but the few known constructors is refused, and those are only noted, as [Call]s.
///
/// Values: null, `Boolean`, `Long`, `BigInteger`, `Double`, `String`, `List` (lists), [Tuple], `Map` (dictionaries),
/// [Global], [Call], [Persistent].
///
/// @see <a href="https://docs.python.org/3/library/pickletools.html">the opcodes</a>
final class Pickle {
    /// A name from a Python module.
    record Global(String module, String name) {
        @Override
        public String toString() {
            return module + "." + name;
        }
    }

    /// A constructor and its arguments.
    record Call(Global constructor, Tuple arguments) {
    }

    /// Something stored outside the pickle.
    record Persistent(Object id) {
    }

    /// An immutable sequence.
    record Tuple(List<Object> items) {
    }

    /// All that state dictionaries need. `_rebuild_tensor_v2` and friends describe a tensor; the storage classes name
    /// its element type.
    private static final Set<String> KNOWN = Set.of(
            "collections.OrderedDict", "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_parameter", "torch.Size", "torch.FloatStorage", "torch.DoubleStorage",
            "torch.HalfStorage", "torch.BFloat16Storage", "torch.LongStorage", "torch.IntStorage",
            "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage", "torch.BoolStorage");

    private static final Object MARK = new Object();

    private final String file;
    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    /// @param file its name, for errors
    /// @param in   the pickle; afterwards its position is behind it
    Pickle(String file, ByteBuffer in) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Reads one pickled value.
    Object read() {
        try {
            while (true) {
                int op = in.get() & 0xFF;
                if (op == '.') {
                    return pop();
                }
                step(op);
            }
        } catch (BufferUnderflowException e) {
            throw new FormatException(e, "%s: the pickle ends in the middle (truncated)", file);
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> require(in.get() >= 2, "a pickle protocol older than 2");
            case 0x95 -> in.getLong();
            case '(' -> push(MARK);
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) (in.get() & 0xFF));
            case 'M' -> push((long) (in.getShort() & 0xFFFF));
            case 'J' -> push((long) in.getInt());
            case 0x8a -> push(integer(in.get() & 0xFF));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X', 'T', 'B' -> push(text(in.getInt()));
            case 0x8c, 'U', 'C' -> push(text(in.get() & 0xFF));
            case 'q' -> memo.put(in.get() & 0xFF, top());
            case 'r' -> memo.put(in.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(remembered(in.get() & 0xFF));
            case 'j' -> push(remembered(in.getInt()));
            case '0' -> pop();
            case '2' -> push(top());
            default -> build(op);
        }
    }

    /// Opcodes that make one value of several.
    private void build(int op) {
        switch (op) {
            case ')' -> push(new Tuple(List.of()));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 't' -> push(new Tuple(Collections.unmodifiableList(toMark())));
            case ']' -> push(new ArrayList<>());
            case 'l' -> push(toMark());
            case 'a' -> {
                Object item = pop();
                list(top()).add(item);
            }
            case 'e' -> {
                List<Object> items = toMark();
                list(top()).addAll(items);
            }
            case '}' -> push(new LinkedHashMap<>());
            case 'd' -> push(fill(new LinkedHashMap<>(), toMark()));
            case 's' -> {
                List<Object> entry = tuple(2).items();
                fill(dictionary(top()), entry);
            }
            case 'u' -> {
                List<Object> items = toMark();
                fill(dictionary(top()), items);
            }
            case 'c' -> push(global(line(), line()));
            case 0x93 -> {
                Object name = pop();
                push(global(string(pop()), string(name)));
            }
            case 'R', 0x81 -> reduce();
            // Attributes of a dictionary (PyTorch keeps version numbers there) change no tensor.
            case 'b' -> pop();
            case 'Q' -> push(new Persistent(pop()));
            default -> throw new FormatException("%s: the pickle has the instruction 0x%02x at byte %d, which no state "
                    + "dictionary needs", file, op, in.position() - 1);
        }
    }

    private void reduce() {
        Object arguments = pop();
        Object constructor = pop();
        require(arguments instanceof Tuple && constructor instanceof Global, "a call of something that is no name");
        var call = new Call((Global) constructor, (Tuple) arguments);
        if (call.constructor.name.equals("OrderedDict")) {
            require(call.arguments.items.isEmpty(), "an OrderedDict with arguments");
            push(new LinkedHashMap<>());
        } else {
            push(call);
        }
    }

    private Global global(String module, String name) {
        var global = new Global(module, name);
        if (!KNOWN.contains(global.toString())) {
            throw new FormatException("%s: the pickle names %s, which Python would import and run; a state dictionary "
                    + "needs nothing of the kind, so this file is refused; save model.state_dict() instead of the "
                    + "model", file, global);
        }
        return global;
    }

    private Map<Object, Object> fill(Map<Object, Object> map, List<Object> items) {
        require(items.size() % 2 == 0, "a dictionary with a key that has no value");
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            require(key instanceof String || key instanceof Long, "a dictionary key that is no text and no number");
            map.put(key, items.get(i + 1));
        }
        return map;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object pop() {
        require(!stack.isEmpty(), "an instruction that needs a value where there is none");
        return stack.removeLast();
    }

    private Object top() {
        require(!stack.isEmpty(), "an instruction that needs a value where there is none");
        return stack.getLast();
    }

    private Tuple tuple(int size) {
        require(stack.size() >= size, "a tuple of values that are not there");
        List<Object> last = stack.subList(stack.size() - size, stack.size());
        var tuple = new Tuple(Collections.unmodifiableList(new ArrayList<>(last)));
        last.clear();
        return tuple;
    }

    private List<Object> toMark() {
        int mark = stack.lastIndexOf(MARK);
        require(mark >= 0, "the end of a group that was not begun");
        List<Object> group = stack.subList(mark, stack.size());
        List<Object> items = new ArrayList<>(group.subList(1, group.size()));
        group.clear();
        return items;
    }

    private Object remembered(int index) {
        require(memo.containsKey(index), "a reference to a value that was not remembered");
        return memo.get(index);
    }

    private Object integer(int bytes) {
        byte[] big = new byte[bytes];
        for (int i = bytes - 1; i >= 0; i--) {
            big[i] = in.get();
        }
        if (bytes == 0) {
            return 0L;
        }
        var value = new BigInteger(big);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private String text(int bytes) {
        require(bytes >= 0 && bytes <= in.remaining(), "a text longer than the file");
        byte[] utf8 = new byte[bytes];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            require(in.position() - start < 1000, "a name of more than 1000 bytes");
        }
        byte[] line = new byte[in.position() - 1 - start];
        in.get(start, line);
        return new String(line, StandardCharsets.UTF_8);
    }

    private String string(Object value) {
        require(value instanceof String, "a name that is no text");
        return (String) value;
    }

    @SuppressWarnings("unchecked")
    private List<Object> list(Object value) {
        require(value instanceof ArrayList, "an element for something that is no list");
        return (List<Object>) value;
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> dictionary(Object value) {
        require(value instanceof LinkedHashMap, "an entry for something that is no dictionary");
        return (Map<Object, Object>) value;
    }

    private void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new FormatException("%s: damaged pickle: %s, near byte %d", file, otherwise, in.position());
        }
    }
}
