package dev.sextant.nn.hostile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.Layer;
import dev.sextant.nn.io.SafeTensors;
import dev.sextant.nn.io.StateDict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files whose shapes fit the model, but whose last tensor has values that cannot be taken: the first ones must not
/// have been loaded by then.
class HalfLoadedTest {
    @TempDir
    Path folder;

    private Path file(String lastEntry, byte... last) throws Exception {
        var header = new StringBuilder("{");
        int at = 0;
        for (String name : new String[] {"weight", "bias", "running_mean", "running_var"}) {
            header.append("\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]},".formatted(name, at,
                    at += 4));
        }
        header.append(lastEntry).append('}');
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + json.length + at + last.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).putFloat(9).putFloat(9).putFloat(9).putFloat(9).put(last);
        return Files.write(folder.resolve("hostile.safetensors"), bytes.array());
    }

    private static void refusedWhole(Path file, String... parts) throws Exception {
        Layer model = new BatchNorm();
        model.initialize(Shape.of(2, 1), Device.ref(), 1);
        try (var in = SafeTensors.open(file)) {
            String message = assertThrows(FormatException.class,
                    () -> StateDict.restore("hostile", in, "", model)).getMessage();
            for (String part : parts) {
                assertTrue(message.contains(part), message);
            }
        }
        assertArrayEquals(new float[] {1}, model.parameters().get("weight").value().toFloats(), "not half loaded");
        assertArrayEquals(new float[] {0}, model.buffer("running_mean").toFloats());
    }

    @Test
    void anIntegerBeyond32Bits() throws Exception {
        refusedWhole(file("\"num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[16,24]}",
                (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1, (byte) 0, (byte) 0, (byte) 0),
                "num_batches_tracked", "4294967296", "32-bit");
    }

    @Test
    void anIntegerTypeThatIsNotRead() throws Exception {
        refusedWhole(file("\"num_batches_tracked\":{\"dtype\":\"U64\",\"shape\":[],\"data_offsets\":[16,24]}",
                new byte[8]), "num_batches_tracked", "U64");
    }
}
