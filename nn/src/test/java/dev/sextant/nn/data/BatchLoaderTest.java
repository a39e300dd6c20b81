package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.random.Philox;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {
    private static final Device DEVICE = Device.ref();

    /// A data set of images of one pixel, of which image `i` has the label `i`.
    private static ImageDataset numbered(int size) {
        byte[] pixels = new byte[size];
        for (int i = 0; i < size; i++) {
            pixels[i] = (byte) i;
        }
        var names = IntStream.range(0, size).mapToObj(Integer::toString).toList();
        return new ImageDataset(Shape.of(1, 1, 1), pixels, IntStream.range(0, size).toArray(), names);
    }

    private static List<int[]> labels(Epoch epoch) {
        List<int[]> labels = new ArrayList<>();
        epoch.forEachRemaining(batch -> labels.add(batch.labels().toInts()));
        return labels;
    }

    @Test
    void pixelsAreDividedBy255InFloat() {
        try (var loader = new BatchLoader(numbered(256), BatchOptions.inOrder(256), DEVICE)) {
            var batch = loader.epoch(0).next();
            assertEquals(Shape.of(256, 1, 1, 1), batch.images().shape());
            assertEquals(DType.FLOAT32, batch.images().dtype());
            assertEquals(DType.INT32, batch.labels().dtype());
            float[] expected = new float[256];
            for (int v = 0; v < 256; v++) {
                expected[v] = (float) v / 255;
            }
            assertArrayEquals(expected, batch.images().toFloats());
        }
    }

    @Test
    void inOrderTheLastBatchIsSmaller() {
        try (var loader = new BatchLoader(numbered(10), BatchOptions.inOrder(4), DEVICE)) {
            assertEquals(3, loader.steps());
            assertEquals(10, loader.imagesPerEpoch());
            var batches = loader.epoch(0);
            assertArrayEquals(new int[] {0, 1, 2, 3}, batches.next().labels().toInts());
            assertArrayEquals(new int[] {4, 5, 6, 7}, batches.next().labels().toInts());
            var last = batches.next();
            assertEquals(2, last.size());
            assertEquals(2, last.step());
            assertEquals(Shape.of(2, 1, 1, 1), last.images().shape());
            assertArrayEquals(new float[] {8 / 255f, 9 / 255f}, last.images().toFloats());
            assertFalse(batches.hasNext());
            assertThrows(NoSuchElementException.class, batches::next);
        }
    }

    @Test
    void dropLastLeavesTheRestOut() {
        try (var loader = new BatchLoader(numbered(10), BatchOptions.inOrder(4).withDropLast(true), DEVICE)) {
            assertEquals(2, loader.steps());
            assertEquals(8, loader.imagesPerEpoch());
            assertEquals(2, labels(loader.epoch(0)).size());
        }
    }

    @Test
    void theOrderIsThePermutationOfSeedAndEpoch() {
        try (var loader = new BatchLoader(numbered(50), BatchOptions.training(7, 42), DEVICE)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                int[] seen = labels(loader.epoch(epoch)).stream().flatMapToInt(Arrays::stream).toArray();
                assertArrayEquals(Philox.permutation(42, BatchLoader.SHUFFLE_STREAM + epoch, 50), seen);
                assertArrayEquals(IntStream.range(0, 50).toArray(), Arrays.stream(seen).sorted().toArray());
            }
            assertNotEquals(Arrays.toString(loader.order(0)), Arrays.toString(loader.order(1)));
        }
    }

    @Test
    void anEpochCanBeEnteredAtAnyStep() {
        var options = BatchOptions.training(8, 5);
        try (var whole = new BatchLoader(numbered(50), options, DEVICE);
                var resumed = new BatchLoader(numbered(50), options.withPrefetch(1), DEVICE)) {
            var all = labels(whole.epoch(3));
            for (int from = 0; from <= all.size(); from++) {
                var epoch = resumed.epoch(3, from);
                assertEquals(from, epoch.nextStep());
                var rest = labels(epoch);
                assertEquals(all.size() - from, rest.size());
                for (int i = 0; i < rest.size(); i++) {
                    assertArrayEquals(all.get(from + i), rest.get(i));
                }
            }
            assertThrows(DataException.class, () -> resumed.epoch(3, all.size() + 1));
            assertThrows(DataException.class, () -> resumed.epoch(3, -1));
            assertThrows(DataException.class, () -> resumed.epoch(-1));
        }
    }

    @Test
    void resizesEveryChannelAsPillow() {
        var data = DatasetTest.counting(3, 2, 5, 4);
        try (var loader = new BatchLoader(data, BatchOptions.inOrder(3).withImageSize(6), DEVICE)) {
            assertEquals(Shape.of(2, 6, 6), loader.imageShape());
            float[] images = loader.epoch(0).next().images().toFloats();
            byte[] original = new byte[40];
            byte[] resized = new byte[36];
            var resize = new PillowResize(5, 4, 6, 6);
            for (int plane = 0; plane < 6; plane++) {
                data.readImage(plane / 2, original, 0);
                resize.resize(original, plane % 2 * 20, resized, 0);
                for (int p = 0; p < 36; p++) {
                    assertEquals((resized[p] & 0xFF) / 255f, images[plane * 36 + p]);
                }
            }
        }
    }

    @Test
    void batchesKeepTheirValuesWhileTheirBuffersAreUsedAgain() {
        try (var loader = new BatchLoader(numbered(64), BatchOptions.inOrder(4).withPrefetch(1), DEVICE)) {
            List<Batch> kept = new ArrayList<>();
            loader.epoch(0).forEachRemaining(kept::add);
            for (var batch : kept) {
                for (int i = 0; i < 4; i++) {
                    assertEquals(batch.step() * 4 + i, batch.labels().toInts()[i]);
                    assertEquals((batch.step() * 4 + i) / 255f, batch.images().toFloats()[i]);
                }
            }
        }
    }

    @Test
    void arraysBelongToTheScopeOfTheCaller() {
        try (var loader = new BatchLoader(numbered(8), BatchOptions.inOrder(4), DEVICE)) {
            var batches = loader.epoch(0);
            Batch inside;
            try (var step = Scope.open("step")) {
                inside = batches.next();
                assertEquals(3, inside.labels().toInts()[3], step.name());
            }
            assertThrows(ScopeException.class, () -> inside.images().toFloats());
            assertEquals(7, batches.next().labels().toInts()[3]);
        }
    }

    /// Every read takes a permit; counts the reads.
    private static final class Gated implements Dataset {
        private final Dataset data = numbered(100);
        private final Semaphore permits = new Semaphore(0);
        private final AtomicInteger reads = new AtomicInteger();

        @Override
        public int size() {
            return data.size();
        }

        @Override
        public Shape imageShape() {
            return data.imageShape();
        }

        @Override
        public List<String> classNames() {
            return data.classNames();
        }

        @Override
        public int label(int index) {
            return data.label(index);
        }

        @Override
        public void readImage(int index, byte[] target, int offset) {
            permits.acquireUninterruptibly();
            reads.incrementAndGet();
            data.readImage(index, target, offset);
        }
    }

    @Test
    void readsAheadAsFarAsAskedAndNoFurther() throws InterruptedException {
        var data = new Gated();
        data.permits.release(100);
        try (var loader = new BatchLoader(data, BatchOptions.inOrder(10).withPrefetch(3), DEVICE)) {
            var batches = loader.epoch(0);
            // Four buffers: three batches ahead and the one that is handed out next. Nobody has asked for any yet.
            awaitReads(data, 40);
            Thread.sleep(50);
            assertEquals(40, data.reads.get());
            batches.next();
            awaitReads(data, 50);
            Thread.sleep(50);
            assertEquals(50, data.reads.get());
        }
    }

    private static void awaitReads(Gated data, int count) throws InterruptedException {
        while (data.reads.get() < count) {
            Thread.sleep(1);
        }
    }

    @Test
    void aSlowDataSetIsWaitedFor() {
        var data = new Gated();
        try (var loader = new BatchLoader(data, BatchOptions.inOrder(10), DEVICE)) {
            var batches = loader.epoch(0);
            Thread.ofPlatform().daemon().start(() -> data.permits.release(100));
            assertEquals(10, labels(batches).size());
        }
    }

    @Test
    void failuresReachTheTrainingThreadAtTheirBatch() {
        var broken = new Failing(25, new IllegalStateException("disk on fire"));
        try (var loader = new BatchLoader(broken, BatchOptions.inOrder(10), DEVICE)) {
            var batches = loader.epoch(4);
            batches.next();
            batches.next();
            var e = assertThrows(DataException.class, batches::next);
            assertSame(broken.failure, e.getCause());
            assertTrue(e.getMessage().contains("batch 2 of epoch 4"), e.getMessage());
            // The loader is not lost: an epoch before the bad image still works.
            assertArrayEquals(IntStream.range(0, 10).toArray(), loader.epoch(5).next().labels().toInts());
        }
    }

    @Test
    void errorsOfTheVirtualMachineReachTheTrainingThreadToo() {
        var broken = new Failing(0, new OutOfMemoryError("pretended"));
        try (var loader = new BatchLoader(broken, BatchOptions.inOrder(10), DEVICE)) {
            assertSame(broken.failure, assertThrows(DataException.class, loader.epoch(0)::next).getCause());
        }
    }

    /// Fails at one image.
    private static final class Failing implements Dataset {
        private final Dataset data = numbered(100);
        private final int bad;
        private final Throwable failure;

        Failing(int bad, Throwable failure) {
            this.bad = bad;
            this.failure = failure;
        }

        @Override
        public int size() {
            return data.size();
        }

        @Override
        public Shape imageShape() {
            return data.imageShape();
        }

        @Override
        public List<String> classNames() {
            return data.classNames();
        }

        @Override
        public int label(int index) {
            return data.label(index);
        }

        @Override
        public void readImage(int index, byte[] target, int offset) {
            if (index == bad) {
                switch (failure) {
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    default -> throw new AssertionError(failure);
                }
            }
            data.readImage(index, target, offset);
        }
    }

    @Test
    void closingEndsTheThread() {
        long before = loaderThreads();
        var loader = new BatchLoader(numbered(100), BatchOptions.inOrder(1), DEVICE);
        var first = loader.epoch(0);
        first.next();
        assertEquals(before + 1, loaderThreads());
        var second = loader.epoch(1);
        assertEquals(before + 1, loaderThreads());
        assertThrows(DataException.class, first::next, "the first epoch was closed by the second");
        assertEquals(0, second.next().labels().toInts()[0]);
        loader.close();
        assertEquals(before, loaderThreads());
        assertThrows(DataException.class, second::next);
        assertThrows(DataException.class, () -> loader.epoch(2));
    }

    private static long loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().equals("sextant-loader")).count();
    }

    @Test
    void anInterruptedWaitSaysSoAndKeepsTheInterrupt() {
        var data = new Gated();
        var loader = new BatchLoader(data, BatchOptions.inOrder(10), DEVICE);
        var batches = loader.epoch(0);
        Thread.currentThread().interrupt();
        assertThrows(DataException.class, batches::next);
        assertTrue(Thread.interrupted());
        data.permits.release(100);
        loader.close();
    }

    @Test
    void steadyStateTakesNoTensorMemory() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int batch = 64;
        var data = DatasetTest.counting(20 * batch, 1, 28, 28);
        try (var loader = new BatchLoader(data, BatchOptions.training(batch, 1), DEVICE)) {
            drain(loader, 0);
            drain(loader, 1);
            long before = bean.getTotalThreadAllocatedBytes();
            drain(loader, 2);
            long perBatch = (bean.getTotalThreadAllocatedBytes() - before) / 20;
            // A batch is 200 kB of floats.
            assertTrue(perBatch < 20_000, perBatch + " bytes per batch");
        }
    }

    private static void drain(BatchLoader loader, int epoch) {
        for (var batches = loader.epoch(epoch); batches.hasNext();) {
            try (var step = Scope.open()) {
                assertEquals(64, batches.next().size(), step.name());
            }
        }
    }

    @Test
    void senselessOptionsAreRefused() {
        assertThrows(DataException.class, () -> BatchOptions.inOrder(0));
        assertThrows(DataException.class, () -> BatchOptions.inOrder(1).withPrefetch(0));
        assertThrows(DataException.class, () -> BatchOptions.inOrder(1).withImageSize(-1));
        var options = BatchOptions.inOrder(1 << 16).withImageSize(224);
        assertThrows(DataException.class, () -> new BatchLoader(numbered(1), options, DEVICE));
    }
}
