package dev.sextant.nn.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes files as `torch.save(state_dict)` does, opcode by opcode, and damaged ones.
final class TorchSave {
    /// A tensor of a storage.
    record Tensor(String storage, String type, int offset, int[] size, int[] stride, int storageElements) {
        static Tensor of(String storage, int... size) {
            int[] stride = new int[size.length];
            int n = 1;
            for (int i = size.length - 1; i >= 0; i--) {
                stride[i] = n;
                n *= size[i];
            }
            return new Tensor(storage, "FloatStorage", 0, size, stride, n);
        }

        Tensor type(String name) {
            return new Tensor(storage, name, offset, size, stride, storageElements);
        }
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TorchSave op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    TorchSave text(String s) {
        byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
        op('X');
        out.writeBytes(little(4).putInt(utf8.length).array());
        out.writeBytes(utf8);
        return this;
    }

    TorchSave integer(int i) {
        op('J');
        out.writeBytes(little(4).putInt(i).array());
        return this;
    }

    TorchSave global(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    TorchSave ints(int... values) {
        op('(');
        for (int v : values) {
            integer(v);
        }
        return op('t');
    }

    /// `_rebuild_tensor_v2(persistent id, offset, size, stride, False, OrderedDict())`.
    TorchSave tensor(Tensor t) {
        global("torch._utils", "_rebuild_tensor_v2").op('(');
        op('(').text("storage").global("torch", t.type).text(t.storage).text("cpu").integer(t.storageElements);
        return op('t', 'Q').integer(t.offset).ints(t.size).ints(t.stride).op(0x89)
                .global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /// An OrderedDict of tensors, with the `_metadata` that PyTorch adds.
    TorchSave dictionary(Map<String, Tensor> tensors) {
        global("collections", "OrderedDict").op(')', 'R', 'q', 1, '(');
        tensors.forEach((name, t) -> text(name).tensor(t));
        return op('u', '}').text("_metadata").global("collections", "OrderedDict").op(')', 'R', 's', 'b');
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    static byte[] pickle(Map<String, Tensor> tensors) {
        return new TorchSave().op(0x80, 2).dictionary(tensors).op('.').bytes();
    }

    static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] floats(float... values) {
        ByteBuffer b = little(4 * values.length);
        for (float v : values) {
            b.putFloat(v);
        }
        return b.array();
    }

    /// The zip format.
    static void zip(Path file, byte[] pickle, Map<String, byte[]> storages) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("net/data.pkl", pickle);
        entries.put("net/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        storages.forEach((key, data) -> entries.put("net/data/" + key, data));
        entries.put("net/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var e : entries.entrySet()) {
                var entry = new ZipEntry(e.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(e.getValue().length);
                var crc = new CRC32();
                crc.update(e.getValue());
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(e.getValue());
            }
        }
    }

    /// The format before 1.6.
    static byte[] inARow(byte[] pickle, Map<String, byte[]> storages, int elementBytes) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9,
            0x20, 0x6a, (byte) 0xa8, 0x50, 0x19, '.'});
        all.writeBytes(new byte[] {(byte) 0x80, 2, 'M', (byte) 0xe9, 3, '.'});
        all.writeBytes(new TorchSave().op(0x80, 2, '}', 'q', 0, '(').text("protocol_version").integer(1001)
                .text("little_endian").op(0x88).op('u', '.').bytes());
        all.writeBytes(pickle);
        var keys = new TorchSave().op(0x80, 2, ']', 'q', 0, '(');
        storages.keySet().forEach(keys::text);
        all.writeBytes(keys.op('e', '.').bytes());
        storages.values().forEach(data -> {
            all.writeBytes(little(8).putLong(data.length / elementBytes).array());
            all.writeBytes(data);
        });
        return all.toByteArray();
    }
}
