package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.FormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
    private static final int MAGIC = 0x0800;
    private static final byte[] SIX = {1, 2, 3, 4, 5, -1};

    @TempDir
    Path folder;

    @Test
    void readsPlainAndGzippedFiles() throws IOException {
        byte[] content = file(MAGIC | 2, new int[] {2, 3}, SIX);
        Path plain = Files.write(folder.resolve("plain"), content);
        Path packed = Files.write(folder.resolve("packed.gz"), gzip(content));
        for (Path path : List.of(plain, packed)) {
            var idx = Idx.read(path);
            assertEquals(Shape.of(2, 3), idx.shape());
            assertArrayEquals(SIX, idx.bytes());
        }
    }

    @Test
    void headerIsWhatStoodInTheFile() {
        byte[] content = file(MAGIC | 3, new int[] {1, 3, 2}, SIX);
        assertArrayEquals(Arrays.copyOf(content, 16), Idx.parse("test", content).header());
    }

    @Test
    void missingFileIsNamed() {
        var e = assertThrows(DataException.class, () -> Idx.read(folder.resolve("nowhere")));
        assertTrue(e.getMessage().contains("nowhere"), e.getMessage());
    }

    @Test
    void everyTruncationIsRefusedPlainAndGzipped() {
        byte[] content = file(MAGIC | 2, new int[] {2, 3}, SIX);
        byte[] packed = gzip(content);
        for (int length = 0; length < content.length; length++) {
            refused(Arrays.copyOf(content, length), "");
        }
        for (int length = 0; length < packed.length; length++) {
            refused(Arrays.copyOf(packed, length), "");
        }
    }

    @Test
    void truncationSaysWhatIsMissing() {
        refused(file(MAGIC | 2, new int[] {2, 3}, new byte[5]), "extents [2, 3] need 6 bytes of data, but there are 5");
    }

    @Test
    void trailingBytesAreRefused() {
        refused(file(MAGIC | 2, new int[] {2, 3}, new byte[7]), "more bytes after the 6");
        refused(gzip(file(MAGIC | 2, new int[] {2, 3}, new byte[7])), "more bytes after the 6");
    }

    @Test
    void otherTypesMagicsAndRanksAreRefused() {
        refused(file(0x0D01, new int[] {6}, SIX), "not an IDX file of unsigned bytes");
        refused(file(0x01000801, new int[] {6}, SIX), "not an IDX file of unsigned bytes");
        refused(file(MAGIC, new int[0], SIX), "rank 0");
        refused(file(MAGIC | 5, new int[] {1, 1, 1, 1, 6}, SIX), "rank 5");
        refused(file(MAGIC | 255, new int[] {6}, SIX), "rank 255");
        refused("<html>404</html>".getBytes(StandardCharsets.US_ASCII), "not an IDX file");
    }

    @Test
    void hugeExtentsAreRefusedBeforeAnythingIsRead() {
        refused(file(MAGIC | 1, new int[] {-1}, SIX), "4294967295");
        refused(file(MAGIC | 1, new int[] {Integer.MAX_VALUE}, SIX), "more than the");
        // The product of these is 2^64, zero in 64 bits.
        refused(file(MAGIC | 4, new int[] {1 << 16, 1 << 16, 1 << 16, 1 << 16}, SIX), "more than the");
        // A zero extent does not hide the others.
        refused(file(MAGIC | 3, new int[] {0, 1 << 30, 1 << 30}, new byte[0]), "more than the");
    }

    @Test
    void anEmptyArrayIsLegal() {
        byte[] content = file(MAGIC | 3, new int[] {0, 28, 28}, new byte[0]);
        assertEquals(Shape.of(0, 28, 28), Idx.parse("test", content).shape());
    }

    @Test
    void aPromiseOfManyBytesTakesNoMemory() {
        byte[] content = file(MAGIC | 1, new int[] {1 << 30}, SIX);
        refused(content, "truncated");
        long allocated = allocatedBy(() -> refused(content, "truncated"));
        assertTrue(allocated < 1 << 20, "allocated " + allocated + " bytes for a file of " + content.length);
    }

    @Test
    void aGzipBombIsReadNoFurtherThanItsHeaderSays() {
        // 96 MiB of zeros behind a header that announces six bytes.
        byte[] bomb = zeros(file(MAGIC | 2, new int[] {2, 3}, new byte[0]), 96);
        var counting = new CountingStream(bomb);
        assertThrows(FormatException.class, () -> Idx.read("bomb", counting, Idx.DEFAULT_LIMIT));
        assertTrue(counting.delivered < bomb.length, "the whole bomb was unpacked");
        // One that announces all it has, over the limit of the caller.
        var honest = new CountingStream(zeros(file(MAGIC | 1, new int[] {96 << 20}, new byte[0]), 96));
        var e = assertThrows(FormatException.class, () -> Idx.read("bomb", honest, 1 << 20));
        assertTrue(e.getMessage().contains("more than the 1048576"), e.getMessage());
        assertTrue(honest.delivered < bomb.length, "the whole bomb was unpacked");
    }

    /// A gzip stream of a few bytes and so many MiB of zeros.
    private static byte[] zeros(byte[] start, int mebibytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(start);
            byte[] block = new byte[1 << 20];
            for (int i = 0; i < mebibytes; i++) {
                gzip.write(block);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Test
    void damagedFilesNeverGiveAnotherExceptionOrOtherSizes() {
        byte[] plain = file(MAGIC | 2, new int[] {2, 3}, SIX);
        byte[] packed = gzip(plain);
        var random = new SplittableRandom(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] damaged = (i % 2 == 0 ? plain : packed).clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            try {
                var idx = Idx.parse("damaged", damaged);
                assertEquals(idx.shape().size(), idx.bytes().length);
            } catch (FormatException e) {
                assertTrue(e.getMessage().startsWith("damaged: "), e.getMessage());
            }
        }
    }

    @Test
    void imagesAndLabelsMustFitTogether() {
        var names = List.of("a", "b");
        var images = new Idx(Shape.of(3, 1, 2), SIX);
        var data = Idx.dataset("set", images, new Idx(Shape.of(3), new byte[] {1, 0, 1}), names);
        assertEquals(3, data.size());
        assertEquals(Shape.of(1, 1, 2), data.imageShape());
        assertEquals(1, data.label(2));
        byte[] last = new byte[2];
        data.readImage(2, last, 0);
        assertArrayEquals(new byte[] {5, -1}, last);
        assertThrows(FormatException.class,
                () -> Idx.dataset("set", images, new Idx(Shape.of(2), new byte[2]), names));
        assertThrows(FormatException.class,
                () -> Idx.dataset("set", new Idx(Shape.of(3, 2), SIX), new Idx(Shape.of(3), new byte[3]), names));
        assertThrows(FormatException.class, () -> Idx.dataset("set", new Idx(Shape.of(3, 0, 2), new byte[0]),
                new Idx(Shape.of(3), new byte[3]), names));
        var e = assertThrows(FormatException.class,
                () -> Idx.dataset("set", images, new Idx(Shape.of(3), new byte[] {1, 0, -1}), names));
        assertTrue(e.getMessage().contains("image 2 has label 255"), e.getMessage());
    }

    private static void refused(byte[] content, String saying) {
        var e = assertThrows(FormatException.class, () -> Idx.parse("test", content));
        assertTrue(e.getMessage().contains(saying), e.getMessage());
    }

    private static long allocatedBy(Runnable action) {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = bean.getCurrentThreadAllocatedBytes();
        action.run();
        return bean.getCurrentThreadAllocatedBytes() - before;
    }

    static byte[] file(int magic, int[] dims, byte[] data) {
        var buffer = ByteBuffer.allocate(4 + 4 * dims.length + data.length).putInt(magic);
        for (int dim : dims) {
            buffer.putInt(dim);
        }
        return buffer.put(data).array();
    }

    static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// Counts the packed bytes that were asked for.
    private static final class CountingStream extends InputStream {
        private final ByteArrayInputStream in;
        private int delivered;

        CountingStream(byte[] content) {
            in = new ByteArrayInputStream(content);
        }

        @Override
        public int read() {
            delivered++;
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int n = in.read(target, offset, length);
            delivered += Math.max(n, 0);
            return n;
        }
    }
}
