package dev.sextant.nn.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    private static final Device REF = Device.ref();

    @TempDir
    Path folder;

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return file(json.length, json, dataBytes);
    }

    private Path file(long declared, byte[] json, int dataBytes) throws IOException {
        var bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(declared).put(json);
        Path file = folder.resolve("t.safetensors");
        Files.write(file, bytes.array());
        return file;
    }

    private String refusal(Path file) {
        return assertThrows(FormatException.class, () -> SafeTensors.open(file).close()).getMessage();
    }

    @Test
    void whatIsWrittenIsReadBackBitForBit() throws IOException {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("weight", NDArray.of(new float[] {1, -0f, Float.MIN_VALUE, 3e38f, 0.1f, Float.NaN}, Shape.of(2, 3),
                REF));
        arrays.put("double", NDArray.of(new double[] {Math.PI}, Shape.scalar(), REF));
        arrays.put("labels", NDArray.of(new int[] {7, -1}, Shape.of(2), REF));
        arrays.put("empty", NDArray.of(new float[0], Shape.of(0, 4), REF));
        Path file = folder.resolve("sub/a.safetensors");
        SafeTensors.write(file, arrays, Map.of("note", "quotes \" and ünïcode\n"));
        try (var in = SafeTensors.open(file)) {
            assertEquals("quotes \" and ünïcode\n", in.metadata().get("note"));
            assertEquals(arrays.keySet(), in.entries().keySet());
            assertArrayEquals(arrays.get("weight").toFloats(), in.floats("weight"));
            assertArrayEquals(new float[] {(float) Math.PI}, in.floats("double"));
            assertArrayEquals(new long[] {7, -1}, in.longs("labels"));
            assertEquals(Shape.of(0, 4), in.entries().get("empty").shape());
        }
        try (var names = Files.list(file.getParent())) {
            assertEquals(1, names.count(), "no temporary file is left");
        }
    }

    @Test
    void halfPrecisionIsWidened() throws IOException {
        Path file = file("{\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[2,4]}}", 4);
        byte[] bytes = Files.readAllBytes(file);
        var tail = ByteBuffer.wrap(bytes, bytes.length - 4, 4).order(ByteOrder.LITTLE_ENDIAN);
        tail.putShort(Float.floatToFloat16(1.5f)).putShort((short) (Float.floatToIntBits(-2.5f) >>> 16));
        Files.write(file, bytes);
        try (var in = SafeTensors.open(file)) {
            assertArrayEquals(new float[] {1.5f}, in.floats("h"));
            assertArrayEquals(new float[] {-2.5f}, in.floats("b"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|4|truncated",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|12|8 bytes of data, but the file has 12",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|4|needs 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],"
                + "\"data_offsets\":[2,6]}}|6|neither overlap nor leave gaps",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|8|neither overlap nor leave gaps",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],"
                + "\"data_offsets\":[0,4]}}|4|stands twice",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}|0|larger than any array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]}}|0|larger than any array",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|4|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}|4|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1e30,4]}}|4|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[null],\"data_offsets\":[0,4]}}|4|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}|4|whole numbers",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}}|4|no shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}|4|two data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,4]}}|4|needs 4 bytes",
        "{\"a\":{\"dtype\":null,\"shape\":[1],\"data_offsets\":[0,4]}}|4|no dtype",
        "{\"a\":{\"dtype\":\"X32\",\"shape\":[1],\"data_offsets\":[0,4]}}|4|unknown dtype",
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}|4|no dtype",
        "{\"a\":7}|4|must be an object",
        "[1,2]|0|must be a JSON object",
        "{\"a\":|0|ends too early",
        "{\"__metadata__\":{\"k\":1}}|0|must be a string"})
    void hostileHeadersAreNamed(String header, int dataBytes, String reason) throws IOException {
        String message = refusal(file(header, dataBytes));
        assertTrue(message.contains(reason), message);
        assertTrue(message.contains("t.safetensors"), message);
    }

    @Test
    void headersLargerThanTheFileAreRefusedBeforeMemoryIsTaken() throws IOException {
        assertTrue(refusal(file(Long.MAX_VALUE, new byte[] {'{', '}'}, 0)).contains("the file has 10"));
        assertTrue(refusal(file(-1, new byte[] {'{', '}'}, 0)).contains("18446744073709551615"));
        Path tiny = folder.resolve("tiny");
        Files.write(tiny, new byte[5]);
        assertTrue(refusal(tiny).contains("5 bytes"));
    }

    @Test
    void headersThatWouldFillTheMemoryAreRefused() throws IOException {
        assertTrue(refusal(file("[" + "[],".repeat(2_500_000) + "[]]", 0)).contains("more than 2000000 values"));
        Path file = folder.resolve("t.safetensors");
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(90_000_008);
            out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(90_000_000).array());
        }
        assertTrue(refusal(file).contains("at most 25000000"));
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        assertTrue(refusal(file("[".repeat(100_000), 0)).contains("nested deeper"));
    }

    @Test
    void randomDamageNeverEscapesAsAnotherError() throws IOException {
        Path good = folder.resolve("good");
        SafeTensors.write(good, Map.of("w", NDArray.of(new float[] {1, 2, 3}, Shape.of(3), REF)), Map.of("k", "v"));
        byte[] original = Files.readAllBytes(good);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = original.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length) : damaged.length;
            Path file = folder.resolve("damaged");
            Files.write(file, Arrays.copyOf(damaged, length));
            try (var in = SafeTensors.open(file)) {
                for (String name : in.entries().keySet()) {
                    if (in.entries().get(name).dtype().startsWith("F")) {
                        in.floats(name);
                    }
                }
            } catch (FormatException e) {
                refused++;
            }
        }
        assertTrue(refused > 1000, "refused " + refused);
    }

    @Test
    void aFailedWriteLeavesTheOldFile() throws IOException {
        Path file = folder.resolve("kept");
        AtomicFile.write(file, "old");
        assertThrows(IOException.class, () -> AtomicFile.write(file, out -> {
            out.write("half of the new".getBytes(StandardCharsets.UTF_8));
            throw new IOException("disk full");
        }));
        assertEquals("old", Files.readString(file));
        try (var names = Files.list(folder)) {
            assertFalse(names.anyMatch(f -> f.toString().endsWith(".tmp")));
        }
    }
}
