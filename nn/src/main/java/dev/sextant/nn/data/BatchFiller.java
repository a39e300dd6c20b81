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
    private final byte[] original;
    private final byte[] pixels;
    private final int channels;
    private final PillowResize resize;

    BatchFiller(Dataset data, BatchOptions options, int[] order) {
        this.data = data;
        this.batchSize = options.batchSize();
        this.order = order;
        var shape = data.imageShape();
        int size = options.imageSize();
        boolean same = size == 0 || shape.dim(1) == size && shape.dim(2) == size;
        this.channels = shape.dim(0);
        this.original = new byte[(int) shape.size()];
        this.pixels = same ? original : new byte[channels * size * size];
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
            data.readImage(index, original, 0);
            if (resize != null) {
                resizeChannels();
            }
            scale(pixels, target.images(), i * pixels.length);
        }
    }

    private void resizeChannels() {
        int in = original.length / channels;
        int out = pixels.length / channels;
        for (int c = 0; c < channels; c++) {
            resize.resize(original, c * in, pixels, c * out);
        }
    }

    private static void scale(byte[] pixels, float[] target, int offset) {
        for (int p = 0; p < pixels.length; p++) {
            target[offset + p] = SCALED[pixels[p] & 0xFF];
        }
    }
}
