package dev.sextant.nn.data;

/// Takes a random part of an image and scales it, choosing the part as torchvision's `RandomResizedCrop` does and
/// scaling with the weights of [PillowResize], without its rounding to 8 bits.
final class ResizedCrop {
    private static final int TRIES = 10;
    private static final double LOG_RATIO = Math.log(4.0 / 3);

    private final Augmentation.CropRange range;
    private final int channels;
    private final int inHeight;
    private final int inWidth;
    private final int size;
    /// Result of the horizontal pass `[channels, inHeight, size]`.
    private final float[] middle;
    private final float[] weights;
    private int top;
    private int left;
    private int height;
    private int width;

    ResizedCrop(Augmentation.CropRange range, int channels, int inHeight, int inWidth, int size) {
        this.range = range;
        this.channels = channels;
        this.inHeight = inHeight;
        this.inWidth = inWidth;
        this.size = size;
        this.middle = new float[channels * inHeight * size];
        this.weights = new float[Math.max(inHeight, inWidth) + 1];
    }

    /// `[channels, inHeight, inWidth]` to `[channels, size, size]` at `offset`.
    void apply(float[] source, float[] target, int offset, Draws draws) {
        choose(draws);
        for (int o = 0; o < size; o++) {
            int first = weigh(o, width);
            int taps = taps(o, width) - first;
            for (int row = 0; row < channels * height; row++) {
                int line = row / height * inHeight + top + row % height;
                middle[row * size + o] = dot(source, line * inWidth + left + first, 1, taps);
            }
        }
        for (int o = 0; o < size; o++) {
            int first = weigh(o, height);
            int taps = taps(o, height) - first;
            for (int column = 0; column < channels * size; column++) {
                int c = column / size;
                int x = column % size;
                target[offset + (c * size + o) * size + x] = dot(middle, (c * height + first) * size + x, size, taps);
            }
        }
    }

    private void choose(Draws draws) {
        for (int i = 0; i < TRIES; i++) {
            double area = (double) inHeight * inWidth * draws.between(range.least(), range.most());
            double ratio = Math.exp(draws.between(-LOG_RATIO, LOG_RATIO));
            width = (int) Math.rint(Math.sqrt(area * ratio));
            height = (int) Math.rint(Math.sqrt(area / ratio));
            if (width >= 1 && width <= inWidth && height >= 1 && height <= inHeight) {
                top = draws.below(inHeight - height + 1);
                left = draws.below(inWidth - width + 1);
                return;
            }
        }
        // Nothing fitted: the middle, as much of it as the ratios allow.
        width = (int) Math.min(inWidth, Math.rint(inHeight * 4 / 3.0));
        height = (int) Math.min(inHeight, Math.rint(inWidth * 4 / 3.0));
        top = (inHeight - height) / 2;
        left = (inWidth - width) / 2;
    }

    /// The weights of output pixel `o`; returns the first input pixel.
    private int weigh(int o, int in) {
        double scale = (double) in / size;
        double reach = Math.max(scale, 1);
        double centre = (o + 0.5) * scale;
        int first = Math.max(0, (int) (centre - reach + 0.5));
        int end = taps(o, in);
        double sum = 0;
        for (int i = first; i < end; i++) {
            weights[i - first] = (float) Math.max(0, 1 - Math.abs(i + 0.5 - centre) / reach);
            sum += weights[i - first];
        }
        for (int i = 0; i < end - first; i++) {
            weights[i] /= (float) sum;
        }
        return first;
    }

    /// One past the last input pixel of output pixel `o`.
    private int taps(int o, int in) {
        double scale = (double) in / size;
        return Math.min(in, (int) ((o + 0.5) * scale + Math.max(scale, 1) + 0.5));
    }

    private float dot(float[] source, int from, int step, int taps) {
        float sum = 0;
        for (int t = 0; t < taps; t++) {
            sum += weights[t] * source[from + t * step];
        }
        return sum;
    }
}
