package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import java.util.Arrays;

/// Fills host buffers with the batches of one epoch: reads images in the epoch's order, resizes them if wanted, scales
/// bytes to floats, and augments.
final class BatchFiller {
    /// `(float) v / 255` for every byte, the division's exact float.
    private static final float[] SCALED = new float[256];
    /// Streams of epoch 0; epoch `e` uses these plus `e` ("AUGM" and "MIXU" in the upper half).
    private static final long AUGMENT_STREAM = 0x4155474DL << 32;
    private static final long MIXUP_STREAM = 0x4D495855L << 32;

    static {
        for (int v = 0; v < SCALED.length; v++) {
            SCALED[v] = v / 255f;
        }
    }

    private final Dataset data;
    private final int batchSize;
    private final int[] order;
    private final Augmentation augmentation;
    private final Draws draws;
    private final Draws mixDraws;
    private final byte[] pixels;
    private final int channels;
    private final int imageFloats;
    private final Pixels image;
    private final PillowResize resize;
    private final ResizedCrop crop;
    private final float[] whole;

    BatchFiller(Dataset data, BatchOptions options, int[] order, int epoch) {
        this.data = data;
        this.batchSize = options.batchSize();
        this.order = order;
        this.augmentation = options.augmentation();
        this.draws = new Draws(options.seed(), AUGMENT_STREAM + epoch);
        this.mixDraws = new Draws(options.seed(), MIXUP_STREAM + epoch);
        Shape shape = data.imageShape();
        Shape out = options.imageShape(shape);
        this.channels = shape.dim(0);
        this.pixels = new byte[(int) shape.size()];
        this.imageFloats = (int) out.size();
        this.image = new Pixels(channels, out.dim(1), out.dim(2));
        boolean crops = augmentation.crop() != null;
        this.crop = crops ? new ResizedCrop(augmentation.crop(), channels, shape.dim(1), shape.dim(2), out.dim(1))
                : null;
        this.whole = crops ? new float[pixels.length] : null;
        this.resize = crops || out.equals(shape) ? null
                : new PillowResize(shape.dim(1), shape.dim(2), out.dim(1), out.dim(2));
    }

    /// Fills `target` with batch `step`.
    void fill(int step, HostBatch target) {
        int from = step * batchSize;
        int count = Math.min(batchSize, order.length - from);
        target.begin(step, count);
        for (int i = 0; i < count; i++) {
            int index = order[from + i];
            target.labels()[i] = data.label(index);
            data.readImage(index, pixels, 0);
            draws.begin(index);
            int at = i * imageFloats;
            if (crop != null) {
                scale(whole, 0);
                crop.apply(whole, target.images(), at, draws);
            } else if (resize != null) {
                resizeAndScale(target.images(), at);
            } else {
                scale(target.images(), at);
            }
            augmentation.apply(image.moveTo(target.images(), at), draws);
        }
        if (augmentation.mixes()) {
            mix(target, count, (float) augmentation.lambda(mixDraws.begin(step)));
        }
    }

    private void scale(float[] target, int offset) {
        for (int p = 0; p < pixels.length; p++) {
            target[offset + p] = SCALED[pixels[p] & 0xFF];
        }
    }

    private void resizeAndScale(float[] target, int offset) {
        int in = pixels.length / channels;
        int out = imageFloats / channels;
        for (int c = 0; c < channels; c++) {
            resize.resize(pixels, c * in, target, offset + c * out);
        }
        for (int p = offset; p < offset + imageFloats; p++) {
            target[p] /= 255;
        }
    }

    /// The first image with the last, the second with the last but one, …, each pair both ways; an image in the middle
    /// stays alone. The order is random already.
    private void mix(HostBatch target, int count, float lambda) {
        float[] x = target.images();
        float[] y = target.probabilities();
        int classes = y.length / count;
        Arrays.fill(y, 0);
        for (int i = 0; i < count; i++) {
            y[i * classes + target.labels()[i]] += lambda;
            y[i * classes + target.labels()[count - 1 - i]] += 1 - lambda;
        }
        for (int i = 0; i < count / 2; i++) {
            int a = i * imageFloats;
            int b = (count - 1 - i) * imageFloats;
            for (int p = 0; p < imageFloats; p++) {
                float first = x[a + p];
                float last = x[b + p];
                x[a + p] = lambda * first + (1 - lambda) * last;
                x[b + p] = lambda * last + (1 - lambda) * first;
            }
        }
    }
}
