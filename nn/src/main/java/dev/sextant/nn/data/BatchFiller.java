package dev.sextant.nn.data;

/// Fills host buffers with the batches of one epoch: reads images in the epoch's order, resizes them if wanted, and
/// scales bytes to floats.
final class BatchFiller {
    /// `(float) v / 255` for every byte, the division's exact float.
    private static final float[] SCALED = new float[256];

    static {
        for (int v = 0; v < SCALED.length; v++) {
            SCALED[v] = v / 255f;
        }
    }

    private final Dataset data;
    private final int batchSize;
    private final int[] order;
    private final byte[] pixels;
    private final int channels;
    private final int imageFloats;
    private final PillowResize resize;

    BatchFiller(Dataset data, BatchOptions options, int[] order) {
        this.data = data;
        this.batchSize = options.batchSize();
        this.order = order;
        var shape = data.imageShape();
        int size = options.imageSize();
        boolean same = size == 0 || shape.dim(1) == size && shape.dim(2) == size;
        this.channels = shape.dim(0);
        this.pixels = new byte[(int) shape.size()];
        this.imageFloats = same ? pixels.length : channels * size * size;
        this.resize = same ? null : new PillowResize(shape.dim(1), shape.dim(2), size, size);
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
            if (resize == null) {
                scale(target.images(), i * imageFloats);
            } else {
                resizeAndScale(target.images(), i * imageFloats);
            }
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
}
