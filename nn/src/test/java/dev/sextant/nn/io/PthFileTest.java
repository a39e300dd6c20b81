package dev.sextant.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.io.TorchSave.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// PyTorch's own files: read without running them, and refused with one clear error where they are damaged or hostile.
class PthFileTest {
    @TempDir
    private Path folder;

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> t = new LinkedHashMap<>();
        t.put("conv.weight", Tensor.of("0", 2, 3));
        t.put("conv.bias", Tensor.of("1", 2));
        t.put("bn.num_batches_tracked", Tensor.of("2").type("LongStorage"));
        // The transpose of a 2×3 matrix: PyTorch saves views with their strides.
        t.put("turned", new Tensor("0", "FloatStorage", 0, new int[] {3, 2}, new int[] {1, 3}, 6));
        t.put("part", new Tensor("0", "FloatStorage", 4, new int[] {2}, new int[] {1}, 6));
        return t;
    }

    private static Map<String, byte[]> storages() {
        Map<String, byte[]> s = new LinkedHashMap<>();
        s.put("0", TorchSave.floats(1, 2, 3, 4, 5, 6));
        s.put("1", TorchSave.floats(-1, 0.5f));
        s.put("2", TorchSave.little(8).putLong(77).array());
        return s;
    }

    private Path zip(byte[] pickle, Map<String, byte[]> storages) throws IOException {
        Path file = folder.resolve("net.pth");
        TorchSave.zip(file, pickle, storages);
        return file;
    }

    private static void check(TensorFile file) {
        assertEquals(List.of("conv.weight", "conv.bias", "bn.num_batches_tracked", "turned", "part"),
                List.copyOf(file.shapes().keySet()));
        assertEquals(Shape.of(2, 3), file.shapes().get("conv.weight"));
        assertEquals(Shape.scalar(), file.shapes().get("bn.num_batches_tracked"));
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, file.array("conv.weight", Device.ref()).toFloats());
        assertArrayEquals(new float[] {-1, 0.5f}, file.array("conv.bias", Device.ref()).toFloats());
        assertArrayEquals(new int[] {77}, file.array("bn.num_batches_tracked", Device.ref()).toInts());
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, file.array("turned", Device.ref()).toFloats());
        assertArrayEquals(new float[] {5, 6}, file.array("part", Device.ref()).toFloats());
        assertTrue(file.isFloating("part"));
    }

    @Test
    void zipFormat() throws IOException {
        try (var file = TensorFile.open(zip(TorchSave.pickle(tensors()), storages()))) {
            check(file);
        }
    }

    /// Before 1.6, floats and integers in one file: one width for each storage.
    @Test
    void formatInARow() throws IOException {
        Map<String, Tensor> floats = tensors();
        floats.remove("bn.num_batches_tracked");
        Map<String, byte[]> storages = storages();
        storages.remove("2");
        Path file = folder.resolve("old.pth");
        Files.write(file, TorchSave.inARow(TorchSave.pickle(floats), storages, 4));
        try (var in = TensorFile.open(file)) {
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, in.array("turned", Device.ref()).toFloats());
            assertArrayEquals(new float[] {-1, 0.5f}, in.array("conv.bias", Device.ref()).toFloats());
        }
        Files.write(file, TorchSave.inARow(TorchSave.pickle(Map.of("n", Tensor.of("2").type("LongStorage"))),
                Map.of("2", TorchSave.little(8).putLong(-3).array()), 8));
        try (var in = TensorFile.open(file)) {
            assertArrayEquals(new int[] {-3}, in.array("n", Device.ref()).toInts());
        }
    }

    @Test
    void otherElementTypes() throws IOException {
        Map<String, byte[]> s = new LinkedHashMap<>();
        s.put("h", TorchSave.little(2).putShort(Float.floatToFloat16(1.5f)).array());
        s.put("b", TorchSave.little(2).putShort((short) (Float.floatToIntBits(-2f) >>> 16)).array());
        s.put("d", TorchSave.little(8).putDouble(0.25).array());
        s.put("u", new byte[] {(byte) 200});
        s.put("c", new byte[] {(byte) 200});
        Map<String, Tensor> t = new LinkedHashMap<>();
        t.put("half", Tensor.of("h", 1).type("HalfStorage"));
        t.put("bfloat", Tensor.of("b", 1).type("BFloat16Storage"));
        t.put("double", Tensor.of("d", 1).type("DoubleStorage"));
        t.put("byte", Tensor.of("u", 1).type("ByteStorage"));
        t.put("char", Tensor.of("c", 1).type("CharStorage"));
        try (var in = TensorFile.open(zip(TorchSave.pickle(t), s))) {
            assertEquals(1.5f, in.array("half", Device.ref()).toFloats()[0]);
            assertEquals(-2f, in.array("bfloat", Device.ref()).toFloats()[0]);
            assertEquals(0.25f, in.array("double", Device.ref()).toFloats()[0]);
            assertEquals(200, in.array("byte", Device.ref()).toInts()[0]);
            assertEquals(-56, in.array("char", Device.ref()).toInts()[0]);
        }
    }

    @Test
    void wrappedCheckpointsAndParallelTraining() throws IOException {
        byte[] pickle = new TorchSave().op(0x80, 2, '}', 'q', 0, '(').text("epoch").integer(3).text("state_dict")
                .dictionary(Map.of("module.fc.bias", Tensor.of("1", 2))).op('u', '.').bytes();
        try (var in = TensorFile.open(zip(pickle, storages()))) {
            assertEquals(List.of("fc.bias"), List.copyOf(in.shapes().keySet()));
        }
    }

    @Test
    void parametersAndSizesAsObjects() throws IOException {
        byte[] pickle = new TorchSave().op(0x80, 2, '}', 'q', 0).text("p")
                .global("torch._utils", "_rebuild_parameter").op('(').tensor(Tensor.of("1", 2)).op(0x88)
                .global("collections", "OrderedDict").op(')', 'R', 't', 'R', 's', '.').bytes();
        try (var in = TensorFile.open(zip(pickle, storages()))) {
            assertArrayEquals(new float[] {-1, 0.5f}, in.array("p", Device.ref()).toFloats());
        }
    }

    private FormatException refused(byte[] pickle) throws IOException {
        Path file = zip(pickle, storages());
        return assertThrows(FormatException.class, () -> {
            try (var in = TensorFile.open(file)) {
                in.shapes().keySet().forEach(name -> in.array(name, Device.ref()));
            }
        });
    }

    /// `os.system("…")`, the usual attack: the name is refused before anything is called.
    @Test
    void anythingThatPythonWouldRunIsRefused() throws IOException {
        for (String[] name : new String[][] {{"os", "system"}, {"posix", "system"}, {"builtins", "eval"},
            {"builtins", "exec"}, {"torch", "load"}, {"torch.nn.modules.conv", "Conv2d"}}) {
            var e = refused(new TorchSave().op(0x80, 2).global(name[0], name[1]).text("echo").op(0x85, 'R', '.')
                    .bytes());
            assertTrue(e.getMessage().contains(name[0] + "." + name[1]) && e.getMessage().contains("refused"),
                    e.getMessage());
        }
        var stacked = refused(new TorchSave().op(0x80, 4).text("os").text("system").op(0x93).text("x")
                .op(0x85, 'R', '.').bytes());
        assertTrue(stacked.getMessage().contains("os.system"), stacked.getMessage());
    }

    @Test
    void tensorsThatReachBeyondTheirStorage() throws IOException {
        for (Tensor t : List.of(
                new Tensor("0", "FloatStorage", 1, new int[] {2, 3}, new int[] {3, 1}, 6),
                new Tensor("0", "FloatStorage", 0, new int[] {7}, new int[] {1}, 7),
                new Tensor("0", "FloatStorage", 0, new int[] {2}, new int[] {1 << 30}, 6),
                new Tensor("0", "FloatStorage", -1, new int[] {2}, new int[] {1}, 6),
                new Tensor("0", "FloatStorage", 0, new int[] {-2}, new int[] {1}, 6),
                new Tensor("0", "FloatStorage", 0, new int[] {2}, new int[] {-1}, 6),
                new Tensor("0", "DoubleStorage", 0, new int[] {6}, new int[] {1}, 6),
                new Tensor("9", "FloatStorage", 0, new int[] {2}, new int[] {1}, 2),
                new Tensor("0", "OrderedDict", 0, new int[] {2}, new int[] {1}, 2),
                // One stored element that stands for a billion.
                new Tensor("0", "FloatStorage", 0, new int[] {1 << 30}, new int[] {0}, 6),
                new Tensor("0", "FloatStorage", 0, new int[] {1 << 30, 1 << 30, 1 << 30}, new int[] {0, 0, 0}, 6),
                new Tensor("0", "FloatStorage", 0, new int[] {2, 3}, new int[] {1}, 6))) {
            var e = refused(TorchSave.pickle(Map.of("w", t)));
            assertTrue(e.getMessage().startsWith("net.pth"), e.getMessage());
        }
    }

    @Test
    void damagedPickles() throws IOException {
        byte[] whole = TorchSave.pickle(tensors());
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
        refused(new TorchSave().op(0x80, 2, 'h', 5, '.').bytes());
        refused(new TorchSave().op(0x80, 2, 't', '.').bytes());
        refused(new TorchSave().op(0x80, 2, 'R', '.').bytes());
        refused(new TorchSave().op(0x80, 2, 'N', '.').bytes());
        refused(new TorchSave().op(0x80, 2, '}', '.').bytes());
        // A text of two gigabytes in a file of a few bytes.
        refused(new TorchSave().op(0x80, 2, 'X', 0xFF, 0xFF, 0xFF, 0x7F, '.').bytes());
        refused(new TorchSave().op(0x80, 2, 'X', 0xFF, 0xFF, 0xFF, 0xFF, '.').bytes());
        // A list that contains itself, as a key and as the whole.
        refused(new TorchSave().op(0x80, 2, '}', ']', 'q', 0, 'h', 0, 'a').integer(1).op('s', '.').bytes());
        refused(new TorchSave().op(0x80, 2, ']', 'q', 0, 'h', 0, 'a', '.').bytes());
    }

    /// Whatever the bytes are, the answer is a tensor or one [FormatException].
    @Test
    void randomDamage() throws IOException {
        var random = new Random(5);
        byte[] zipped = Files.readAllBytes(zip(TorchSave.pickle(tensors()), storages()));
        Map<String, byte[]> floats = storages();
        floats.remove("2");
        byte[] row = TorchSave.inARow(TorchSave.pickle(Map.of("w", Tensor.of("0", 2, 3))), floats, 4);
        Path file = folder.resolve("damaged.pth");
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = (i % 2 == 0 ? zipped : row).clone();
            for (int k = 0; k < 1 + random.nextInt(3); k++) {
                bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
            }
            Files.write(file, random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try (var in = PthFile.open(file)) {
                in.shapes().keySet().forEach(name -> in.array(name, Device.ref()));
            } catch (FormatException expected) {
                assertTrue(expected.getMessage().startsWith("damaged.pth"), expected.getMessage());
            }
        }
    }

    @Test
    void notAPickleOfTorchSave() throws IOException {
        Path file = folder.resolve("other.pth");
        Files.write(file, new byte[] {(byte) 0x80, 2, 'K', 1, '.'});
        assertThrows(FormatException.class, () -> PthFile.open(file));
        Files.write(file, new byte[0]);
        assertThrows(FormatException.class, () -> TensorFile.open(file));
        Files.write(file, "PK".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertThrows(FormatException.class, () -> PthFile.open(file));
    }

    @Test
    void bigIntegersAndNumbers() {
        var bytes = ByteBuffer.wrap(new TorchSave().op(0x80, 2, 0x8a, 1, 0xFF, '.').bytes());
        assertEquals(-1L, new Pickle("x", bytes).read());
        assertEquals(0L, new Pickle("x", ByteBuffer.wrap(new TorchSave().op(0x80, 2, 0x8a, 0, '.').bytes())).read());
        assertEquals(1.5, new Pickle("x", ByteBuffer.wrap(new TorchSave().op(0x80, 2, 'G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0,
                '.').bytes())).read());
    }
}
