package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.train.Task;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Every step against numbers worked out by hand, and the promise that an image's changes depend on seed, epoch and
/// index alone.
class AugmentationTest {
    private static final Device DEVICE = Device.ref();

    private static Pixels image(int channels, int height, int width, float... values) {
        return new Pixels(channels, height, width).moveTo(values, 0);
    }

    private static Draws draws(long index) {
        return new Draws(7, 0).begin(index);
    }

    private static float[] applied(Augmentation a, int channels, int height, int width, long index, float... values) {
        float[] copy = values.clone();
        a.apply(image(channels, height, width, copy), draws(index));
        return copy;
    }

    @Test
    void drawsAreFunctionsOfTheirPlace() {
        Draws here = draws(3);
        float first = here.next();
        for (int i = 0; i < 9; i++) {
            here.next();
        }
        assertEquals(first, here.begin(3).next());
        int[] four = new int[4];
        Philox.block(7, 0, 3L << 16, four);
        assertEquals(Philox.toUnit(four[0]), first);
        Set<Integer> below = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            below.add(here.below(5));
            double between = here.between(-2, 3);
            assertTrue(between >= -2 && between < 3);
        }
        assertEquals(Set.of(0, 1, 2, 3, 4), below);
    }

    /// The nine places of a 3×3 crop out of the padded 5×5 image, each equally often.
    @Test
    void randomCropShiftsAndFillsWithZeros() {
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        Map<String, Integer> seen = new HashMap<>();
        for (int i = 0; i < 900; i++) {
            seen.merge(Arrays.toString(applied(Augmentation.none().randomCrop(1), 1, 3, 3, i, x)), 1, Integer::sum);
        }
        assertEquals(9, seen.size());
        for (float[] expected : new float[][] {{1, 2, 3, 4, 5, 6, 7, 8, 9}, {0, 0, 0, 0, 1, 2, 0, 4, 5},
            {5, 6, 0, 8, 9, 0, 0, 0, 0}, {0, 1, 2, 0, 4, 5, 0, 7, 8}, {4, 5, 6, 7, 8, 9, 0, 0, 0}}) {
            assertTrue(seen.getOrDefault(Arrays.toString(expected), 0) > 60, Arrays.toString(expected) + seen);
        }
    }

    /// More padding than image: some crops show nothing of it.
    @Test
    void aCropMayLieOutsideTheImage() {
        boolean nothing = false;
        for (int i = 0; i < 200; i++) {
            float[] y = applied(Augmentation.none().randomCrop(4), 2, 2, 2, i, 1, 2, 3, 4, 5, 6, 7, 8);
            nothing |= Arrays.equals(y, new float[8]);
        }
        assertTrue(nothing);
    }

    @Test
    void flipMirrorsEveryRowOfEveryChannel() {
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        assertArrayEquals(new float[] {3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10},
                applied(Augmentation.none().horizontalFlip(1), 2, 2, 3, 0, x));
        assertArrayEquals(x, applied(Augmentation.none().horizontalFlip(0), 2, 2, 3, 0, x));
        int flipped = 0;
        for (int i = 0; i < 1000; i++) {
            flipped += applied(Augmentation.none().horizontalFlip(0.3), 2, 2, 3, i, x)[0] == 3 ? 1 : 0;
        }
        assertEquals(300, flipped, 45);
    }

    @Test
    void cutoutZeroesOneSquareOfAllChannels() {
        float[] ones = new float[2 * 6 * 6];
        Arrays.fill(ones, 1);
        Set<Integer> sizes = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            float[] y = applied(Augmentation.none().cutout(3), 2, 6, 6, i, ones);
            assertArrayEquals(Arrays.copyOf(y, 36), Arrays.copyOfRange(y, 36, 72));
            int zeros = 0;
            for (int p = 0; p < 36; p++) {
                zeros += y[p] == 0 ? 1 : 0;
            }
            sizes.add(zeros);
        }
        // Whole inside, cut off at one edge, and in a corner.
        assertEquals(Set.of(9, 6, 4), sizes);
    }

    @Test
    void normalizeIsPerChannel() {
        float[] y = applied(Augmentation.none().normalize(new float[] {0.5f, 0.25f}, new float[] {0.5f, 0.25f}), 2, 1,
                2,
                0, 0.5f, 1, 0, 1);
        assertArrayEquals(new float[] {0, 1, -1, 3}, y);
    }

    @Test
    void brightnessContrastAndSaturationBlend() {
        float[] x = {0.2f, 0.6f, 0.4f, 0.8f, 0.1f, 0.3f};
        Pixels rgb = image(3, 1, 2, x);
        ColorJitter.brighten(rgb, 1.5f);
        assertArrayEquals(new float[] {0.3f, 0.9f, 0.6f, 1, 0.15f, 0.45f}, x, 1e-6f);

        float[] grey = {0.2f, 0.4f};
        ColorJitter.changeContrast(image(1, 1, 2, grey), 2);
        assertArrayEquals(new float[] {0.1f, 0.5f}, grey, 1e-6f);

        float[] pixel = {1, 0.5f, 0};
        ColorJitter.saturate(image(3, 1, 1, pixel), 0);
        float l = 0.2989f + 0.587f * 0.5f;
        assertArrayEquals(new float[] {l, l, l}, pixel, 1e-6f);
        float[] half = {1, 0.5f, 0};
        ColorJitter.saturate(image(3, 1, 1, half), 0.5f);
        assertArrayEquals(new float[] {(1 + l) / 2, (0.5f + l) / 2, l / 2}, half, 1e-6f);
    }

    /// Red, a third of a turn on, is green; half a turn on, cyan; and every colour keeps its value and its saturation.
    @Test
    void hueTurns() {
        for (float[][] pair : new float[][][] {{{1, 0, 0}, {1 / 3f}, {0, 1, 0}}, {{1, 0, 0}, {0.5f}, {0, 1, 1}},
            {{1, 0, 0}, {-1 / 3f}, {0, 0, 1}}, {{0, 0.8f, 0.4f}, {1 / 6f}, {0, 0.4f, 0.8f}},
            {{0.7f, 0.2f, 0.3f}, {0}, {0.7f, 0.2f, 0.3f}}, {{0.3f, 0.3f, 0.3f}, {0.4f}, {0.3f, 0.3f, 0.3f}},
            {{0.9f, 0.1f, 0.5f}, {0.5f}, {0.1f, 0.9f, 0.5f}}}) {
            float[] x = pair[0].clone();
            ColorJitter.turn(image(3, 1, 1, x), pair[1][0]);
            assertArrayEquals(pair[2], x, 1e-5f, Arrays.toString(pair[0]) + " by " + pair[1][0]);
        }
    }

    @Test
    void jitterStaysInRangeAndIsNotAlwaysTheSame() {
        Set<String> seen = new HashSet<>();
        var jitter = Augmentation.none().colorJitter(0.9, 0.9, 0.9, 0.5);
        for (int i = 0; i < 100; i++) {
            float[] y = applied(jitter, 3, 1, 2, i, 0.2f, 0.9f, 0.5f, 0, 1, 0.4f);
            for (float v : y) {
                assertTrue(v >= 0 && v <= 1, Arrays.toString(y));
            }
            seen.add(Arrays.toString(y));
        }
        assertEquals(100, seen.size());
        float[] x = {0.2f, 0.9f, 0.5f, 0, 1, 0.4f};
        assertArrayEquals(x, applied(Augmentation.none().colorJitter(0, 0, 0, 0), 3, 1, 2, 0, x), 1e-6f);
    }

    /// The whole area with another aspect ratio than 1 fits nowhere, so the whole image is taken.
    @Test
    void aResizedCropOfTheWholeImageIsTheResize() {
        for (int size : new int[] {5, 12, 20}) {
            byte[] bytes = new byte[3 * 12 * 12];
            float[] floats = new float[bytes.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (Philox.bits(1, 2, i));
                floats[i] = (bytes[i] & 0xFF) / 255f;
            }
            var crop = new ResizedCrop(new Augmentation.CropRange(1, 1), 3, 12, 12, size);
            float[] actual = new float[3 * size * size];
            crop.apply(floats, actual, 0, draws(4));
            var resize = new PillowResize(12, 12, size, size);
            float[] expected = new float[actual.length];
            for (int c = 0; c < 3; c++) {
                resize.resize(bytes, c * 144, expected, c * size * size);
            }
            for (int i = 0; i < actual.length; i++) {
                // Two passes, each rounded to whole numbers there.
                assertEquals(expected[i], actual[i] * 255, 1.01, "size " + size + ", pixel " + i);
            }
        }
    }

    /// On an image that is its own x coordinate, a crop is a straight line; its slope and place say what was taken.
    @Test
    void aResizedCropTakesAPartOfTheRightSize() {
        int in = 40;
        int out = 10;
        float[] ramp = new float[in * in];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i % in + 0.5f;
        }
        var crop = new ResizedCrop(new Augmentation.CropRange(0.25, 0.5), 1, in, in, out);
        Set<Integer> widths = new HashSet<>();
        float[] y = new float[out * out];
        for (int i = 0; i < 200; i++) {
            crop.apply(ramp, y, 0, draws(i));
            float width = (y[7] - y[2]) * 2;
            float left = y[5] - width * 0.55f;
            // Weights cut off at whole pixels bend the line a little.
            assertTrue(left > -0.3 && left + width < in + 0.3, left + " + " + width);
            // The width squared is the area times the ratio.
            double ratio = width * width / (in * in);
            assertTrue(ratio > 0.25 * 0.75 * 0.9 && ratio < 0.5 * 4 / 3 * 1.1, "ratio " + ratio);
            widths.add(Math.round(width));
        }
        assertTrue(widths.size() > 8, widths.toString());
    }

    private static List<float[]> images(BatchOptions options, int epoch, int fromStep) {
        List<float[]> images = new ArrayList<>();
        var data = DatasetTest.counting(30, 3, 8, 8);
        try (var loader = new BatchLoader(data, options, DEVICE)) {
            loader.epoch(epoch, fromStep).forEachRemaining(b -> {
                float[] all = b.images().toFloats();
                for (int i = 0; i < b.size(); i++) {
                    images.add(Arrays.copyOfRange(all, i * all.length / b.size(), (i + 1) * all.length / b.size()));
                }
            });
        }
        return images;
    }

    @Test
    void neitherBatchSizeNorResumingChangesWhatAnImageGets() {
        var all = Augmentation.none().resizedCrop(0.3, 1).randomCrop(2).horizontalFlip(0.5)
                .colorJitter(0.4, 0.4, 0.4, 0.1).cutout(3).normalize(new float[] {0.5f, 0.4f, 0.3f},
                        new float[] {0.2f, 0.2f, 0.2f});
        var options = BatchOptions.training(7, 11).withImageSize(6).withAugmentation(all);
        List<float[]> whole = images(options, 2, 0);
        List<float[]> otherBatches = images(
                BatchOptions.training(4, 11).withImageSize(6).withAugmentation(all).withPrefetch(1), 2, 0);
        List<float[]> resumed = images(options, 2, 3);
        for (int i = 0; i < whole.size(); i++) {
            assertArrayEquals(whole.get(i), otherBatches.get(i));
            if (i >= 21) {
                assertArrayEquals(whole.get(i), resumed.get(i - 21));
            }
        }
        List<float[]> inOrder0 = images(BatchOptions.inOrder(30).withAugmentation(all), 0, 0);
        List<float[]> inOrder1 = images(BatchOptions.inOrder(30).withAugmentation(all), 1, 0);
        assertFalse(Arrays.equals(inOrder0.get(5), inOrder1.get(5)), "another epoch changes an image otherwise");
        assertFalse(Arrays.equals(whole.get(5), images(BatchOptions.training(7, 12).withImageSize(6)
                .withAugmentation(all), 2, 0).get(5)), "another seed too");
    }

    @Test
    void mixupMixesImagesAndLabelsAlike() {
        // Image i is of class i and has all pixels i/255.
        var data = new ImageDataset(Shape.of(1, 1, 2), new byte[] {0, 0, 1, 1, 2, 2, 3, 3, 4, 4},
                new int[] {0, 1, 2, 3, 4}, List.of("a", "b", "c", "d", "e"));
        var options = BatchOptions.inOrder(5).withAugmentation(Augmentation.none().mixup(1));
        try (var loader = new BatchLoader(data, options, DEVICE)) {
            Batch batch = loader.epoch(0, 0).next();
            assertEquals(Shape.of(5, 5), batch.labels().shape());
            assertEquals(5, batch.size());
            float[] y = batch.labels().toFloats();
            float[] x = batch.images().toFloats();
            float lambda = y[0];
            assertTrue(lambda > 0 && lambda < 1);
            for (int i = 0; i < 5; i++) {
                float[] row = new float[5];
                row[i] += lambda;
                row[4 - i] += 1 - lambda;
                assertArrayEquals(row, Arrays.copyOfRange(y, 5 * i, 5 * i + 5), 1e-6f);
                assertEquals((lambda * i + (1 - lambda) * (4 - i)) / 255, x[2 * i], 1e-6f);
            }
        }
    }

    /// Beta(a, a) has mean ½ and variance 1/(4·(2a + 1)).
    @Test
    void lambdaIsBetaDistributed() {
        for (double alpha : new double[] {0.2, 1, 3}) {
            double sum = 0;
            double squares = 0;
            int n = 4000;
            for (int i = 0; i < n; i++) {
                double lambda = Augmentation.none().mixup(alpha).lambda(draws(i));
                sum += lambda;
                squares += lambda * lambda;
            }
            double variance = squares / n - sum / n * sum / n;
            assertEquals(0.5, sum / n, 0.03, "mean for " + alpha);
            assertEquals(1 / (4 * (2 * alpha + 1)), variance, 0.012, "variance for " + alpha);
        }
    }

    /// The loss of mixed labels is the mixture of the losses, and the likelier label counts as right.
    @Test
    void classificationTakesProbabilities() {
        var logits = Var.of(NDArray.of(new float[] {2, 1, 0}, Shape.of(1, 3), DEVICE));
        double first = Task.CLASSIFICATION.loss(logits, NDArray.of(new int[] {0}, Shape.of(1), DEVICE)).item();
        double last = Task.CLASSIFICATION.loss(logits, NDArray.of(new int[] {2}, Shape.of(1), DEVICE)).item();
        NDArray mixed = NDArray.of(new float[] {0.7f, 0, 0.3f}, Shape.of(1, 3), DEVICE);
        assertEquals(0.7 * first + 0.3 * last, Task.CLASSIFICATION.loss(logits, mixed).item(), 1e-6);
        assertEquals(1, Task.CLASSIFICATION.correct(logits.value(), mixed));
        assertEquals(0, Task.CLASSIFICATION.correct(logits.value(),
                NDArray.of(new float[] {0.3f, 0, 0.7f}, Shape.of(1, 3), DEVICE)));
    }

    @Test
    void nothingIsAllocatedPerImage() {
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var data = DatasetTest.counting(64, 3, 16, 16);
        var options = BatchOptions.training(64, 1).withImageSize(16).withAugmentation(Augmentation.none()
                .resizedCrop(0.3, 1).randomCrop(2).horizontalFlip(0.5).colorJitter(0.4, 0.4, 0.4, 0.1).cutout(4)
                .normalize(new float[] {0, 0, 0}, new float[] {1, 1, 1}).mixup(0.2));
        int[] order = Philox.permutation(1, 1, 64);
        var filler = new BatchFiller(data, options, order, 0);
        var batch = new HostBatch(64, 3 * 16 * 16, data.classNames().size());
        for (int i = 0; i < 50; i++) {
            filler.fill(0, batch);
        }
        long before = bean.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 50; i++) {
            filler.fill(0, batch);
        }
        long perImage = (bean.getCurrentThreadAllocatedBytes() - before) / (50 * 64);
        assertTrue(perImage < 16, perImage + " bytes per image");
    }

    @Test
    void impossibleSettingsAreRefusedWithTheirNumbers() {
        var none = Augmentation.none();
        for (org.junit.jupiter.api.function.Executable wrong : List.<org.junit.jupiter.api.function.Executable>of(
                () -> none.randomCrop(0), () -> none.horizontalFlip(1.5), () -> none.colorJitter(-1, 0, 0, 0),
                () -> none.colorJitter(0, 0, 0, 0.6), () -> none.cutout(0), () -> none.mixup(0),
                () -> none.resizedCrop(0, 1), () -> none.normalize(new float[] {1}, new float[] {0}),
                () -> none.normalize(new float[2], new float[1]),
                () -> applied(none.normalize(new float[2], new float[] {1, 1}), 1, 1, 1, 0, 1f))) {
            assertTrue(assertThrows(DataException.class, wrong).getMessage().startsWith("augmentation "));
        }
    }
}
