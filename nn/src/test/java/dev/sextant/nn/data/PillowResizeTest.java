package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DataException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Formula and borders; that the bits are Pillow's is shown with real images in the zoo's tests.
class PillowResizeTest {

    @Test
    void doublingBlendsNeighboursByQuarters() {
        // Centres of the output pixels at 0.25, 0.75, 1.25, 1.75: weights 1 | 3/4, 1/4 | 1/4, 3/4 | 1.
        assertArrayEquals(new int[] {0, 25, 75, 100}, resize(new int[] {0, 100}, 1, 2, 1, 4));
        assertArrayEquals(new int[] {0, 25, 75, 100}, resize(new int[] {0, 100}, 2, 1, 4, 1));
    }

    @Test
    void halvingSeesFourPixels() {
        // Output pixel 0 of 4 → 2: centre 1, reach 2, weights of pixels 0, 1, 2 are 3/4, 3/4, 1/4, over their sum 7/4.
        int seventh = (int) Math.round(255 / 7.0);
        assertArrayEquals(new int[] {seventh, 255 - seventh}, resize(new int[] {0, 0, 255, 255}, 1, 4, 1, 2));
    }

    @Test
    void theFirstPassRoundsToEightBitsBeforeTheSecond() {
        // Rows blend to 0.25 and 0.75 → 0 and 1 (not 0.5 and 0.5 of them): horizontally 1·1/4 rounds to 0.
        assertArrayEquals(new int[] {0, 0, 1, 1, 0, 0, 1, 1}, resize(new int[] {0, 1, 0, 1}, 2, 2, 2, 4));
        // 0, 2 doubled: 0, 0.5 → 1 (halves go up), 1.5 → 2, 2.
        assertArrayEquals(new int[] {0, 1, 2, 2}, resize(new int[] {0, 2}, 1, 2, 1, 4));
    }

    @ParameterizedTest
    @CsvSource({"1,1,5,7", "28,28,14,14", "28,28,28,28", "7,5,3,11", "13,17,1,1", "3,40,50,2", "28,28,227,227"})
    void agreesWithTheFormulaInDoublePrecision(int inHeight, int inWidth, int outHeight, int outWidth) {
        var random = new SplittableRandom(inHeight * 31L + outWidth);
        int[] image = random.ints((long) inHeight * inWidth, 0, 256).toArray();
        int[] actual = resize(image, inHeight, inWidth, outHeight, outWidth);
        for (int y = 0; y < outHeight; y++) {
            for (int x = 0; x < outWidth; x++) {
                double exact = formula(image, inHeight, inWidth, outHeight, outWidth, y, x);
                // Half a unit for each of the two roundings.
                assertEquals(exact, actual[y * outWidth + x], 1.001, "pixel " + y + ", " + x);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "128", "255"})
    void aFlatImageStaysFlat(int value) {
        int[] image = new int[28 * 28];
        Arrays.fill(image, value);
        for (int size : new int[] {1, 3, 14, 27, 29, 96, 224}) {
            assertTrue(Arrays.stream(resize(image, 28, 28, size, size)).allMatch(v -> v == value), "size " + size);
        }
    }

    @Test
    void offsetsAreKept() {
        byte[] source = {9, 9, 0, 100};
        byte[] target = {7, 7, 7, 7, 7, 7};
        new PillowResize(1, 2, 1, 4).resize(source, 2, target, 1);
        assertArrayEquals(new byte[] {7, 0, 25, 75, 100, 7}, target);
    }

    @Test
    void sizesUnderOneAreRefused() {
        assertThrows(DataException.class, () -> new PillowResize(28, 28, 0, 28));
        assertThrows(DataException.class, () -> new PillowResize(28, -1, 28, 28));
    }

    private static int[] resize(int[] image, int inHeight, int inWidth, int outHeight, int outWidth) {
        byte[] source = new byte[image.length];
        for (int i = 0; i < image.length; i++) {
            source[i] = (byte) image[i];
        }
        byte[] target = new byte[outHeight * outWidth];
        new PillowResize(inHeight, inWidth, outHeight, outWidth).resize(source, 0, target, 0);
        int[] result = new int[target.length];
        for (int i = 0; i < target.length; i++) {
            result[i] = target[i] & 0xFF;
        }
        return result;
    }

    /// One output pixel as the weighted mean over the whole image, without any rounding.
    private static double formula(int[] image, int inHeight, int inWidth, int outHeight, int outWidth, int y, int x) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < inHeight; i++) {
            for (int j = 0; j < inWidth; j++) {
                double weight = triangle(i, y, inHeight, outHeight) * triangle(j, x, inWidth, outWidth);
                sum += weight * image[i * inWidth + j];
                weights += weight;
            }
        }
        return sum / weights;
    }

    private static double triangle(int in, int out, int inSize, int outSize) {
        double scale = (double) inSize / outSize;
        return Math.max(0, 1 - Math.abs(in + 0.5 - (out + 0.5) * scale) / Math.max(scale, 1));
    }
}
