package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/// The harness itself: what must not pass by accident.
class GoldenFolderTest {
    @TempDir
    Path root;

    private void write(String name, String metadata) throws IOException {
        String header = "{\"__metadata__\": {" + metadata + "}, \"input\": {\"dtype\": \"F32\", \"shape\": [2], "
                + "\"data_offsets\": [0, 8]}, \"index\": {\"dtype\": \"I64\", \"shape\": [], \"data_offsets\": "
                + "[8, 16]}}";
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text).putFloat(1.5f).putFloat(-2).putLong(7);
        Files.createDirectories(root.resolve("ops"));
        Files.write(root.resolve("ops").resolve(name), bytes.array());
    }

    private List<DynamicTest> tests(AtomicInteger runs) {
        return GoldenFolder.tests(root.toString(), false, "ops", file -> runs.incrementAndGet()).toList();
    }

    @Test
    void filesAreReadAsTheyAre() throws IOException {
        write("a.safetensors", "\"op\": \"relu\", \"stride\": \"2,3\", \"flag\": \"true\"");
        var file = new GoldenFile(root.resolve("ops/a.safetensors"));
        assertArrayEquals(new double[] {1.5, -2}, file.values("input"));
        assertEquals(7, file.array("index", Device.ref()).toInts()[0]);
        assertArrayEquals(new int[] {2, 3}, file.ints("stride"));
        assertTrue(file.flag("flag"));
    }

    @Test
    void everyFileIsACaseAndEveryListedOneMustBeThere() throws Throwable {
        write("a.safetensors", "\"op\": \"relu\"");
        write("new.safetensors", "\"op\": \"relu\"");
        Files.writeString(root.resolve("ops/index.json"),
                "{\"cases\": [{\"file\": \"a.safetensors\"}, {\"file\": \"lost.safetensors\"}]}");
        var runs = new AtomicInteger();
        var tests = tests(runs);
        assertEquals(List.of("a.safetensors", "lost.safetensors", "new.safetensors"),
                tests.stream().map(DynamicTest::getDisplayName).toList());
        tests.get(0).getExecutable().execute();
        tests.get(2).getExecutable().execute();
        assertEquals(2, runs.get());
        var e = assertThrows(AssertionError.class, tests.get(1).getExecutable()::execute);
        assertTrue(e.getMessage().contains("lost.safetensors"), e.getMessage());
    }

    @Test
    void anAbsentFolderIsSkippedByNameOrFails() {
        var skipped = GoldenFolder.tests(root.toString(), false, "ops", file -> {
        }).toList();
        var e = assertThrows(TestAbortedException.class, skipped.getFirst().getExecutable()::execute);
        assertTrue(e.getMessage().contains("golden ops") && e.getMessage().contains(root.toString()), e.getMessage());
        var failed = GoldenFolder.tests(null, true, "ops", file -> {
        }).toList();
        assertThrows(AssertionError.class, failed.getFirst().getExecutable()::execute);
    }

    @Test
    void anUnknownOperationFails() throws IOException {
        write("a.safetensors", "\"op\": \"fold\"");
        var file = new GoldenFile(root.resolve("ops/a.safetensors"));
        var e = assertThrows(AssertionError.class, () -> GoldenOps.run(file, Map.of(), Device.ref()));
        assertTrue(e.getMessage().contains("unknown operation fold"), e.getMessage());
    }
}
