package dev.sextant.zoo;

import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.data.ImageDataset;
import java.util.List;

/// Images that every network learns fast: stripes of five widths, level or upright, with noise. Told apart by texture, so
/// that networks that average over the image can do it too.
final class Stripes {
    private static final int SIZE = 28;
    private static final int[] WIDTHS = {2, 3, 4, 6, 9};
    private static final int NOISE = 60;

    private Stripes() {
    }

    static ImageDataset images(int count) {
        byte[] pixels = new byte[count * SIZE * SIZE];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 10;
            int width = WIDTHS[i % 5];
            float[] noise = Philox.uniform(1, i, SIZE * SIZE, 0, NOISE);
            for (int p = 0; p < SIZE * SIZE; p++) {
                int along = labels[i] < 5 ? p / SIZE : p % SIZE;
                pixels[i * SIZE * SIZE + p] = (byte) ((along / width % 2 == 0 ? 190 : 0) + (int) noise[p]);
            }
        }
        return new ImageDataset(Shape.of(1, SIZE, SIZE), pixels, labels,
                List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    }
}
