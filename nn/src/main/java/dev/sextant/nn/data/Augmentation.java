package dev.sextant.nn.data;

import dev.sextant.engine.error.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How a [BatchLoader] changes its images, one step after the other in the order they are named, on floats 0..1:
///
/// ```java
/// var options = BatchOptions.training(128, seed).withAugmentation(Augmentation.none()
///         .randomCrop(4).horizontalFlip(0.5).cutout(8).normalize(mean, deviation).mixup(0.2));
/// ```
///
/// What an image gets depends on the seed, the epoch and the image's index alone ([Draws]); nothing is allocated per
/// image. Immutable: every method gives a new augmentation.
public final class Augmentation {
    private static final Augmentation NONE = new Augmentation(List.of(), null, 0);
    private static final double LEAST_ALPHA = 0.01;
    private static final double MOST_ALPHA = 4;

    /// One change of an image, in place. Used by one thread at a time, and by several loaders at once: no state.
    @FunctionalInterface
    public interface Step {
        /// Changes the image.
        void apply(Pixels image, Draws draws);
    }

    private final List<Step> steps;
    private final CropRange crop;
    private final double mixup;

    /// Bounds of the share of the area that a resized crop takes.
    record CropRange(double least, double most) {
    }

    private Augmentation(List<Step> steps, CropRange crop, double mixup) {
        this.steps = List.copyOf(steps);
        this.crop = crop;
        this.mixup = mixup;
    }

    /// Leaves images as they are.
    public static Augmentation none() {
        return NONE;
    }

    /// Adds a step of one's own.
    public Augmentation then(Step step) {
        var more = new ArrayList<>(steps);
        more.add(step);
        return new Augmentation(more, crop, mixup);
    }

    /// Shifts the image by up to `pad` pixels up or down and left or right, zeros coming in at the edges: what
    /// padding with zeros and cropping to the old size at a random place does.
    public Augmentation randomCrop(int pad) {
        require(pad >= 1, "randomCrop: needs pad >= 1, but got %d", pad);
        return then((image, draws) -> shift(image, draws.below(2 * pad + 1) - pad, draws.below(2 * pad + 1) - pad));
    }

    /// Mirrors left and right with the given probability.
    public Augmentation horizontalFlip(double probability) {
        require(probability >= 0 && probability <= 1, "horizontalFlip: the probability must be in 0..1, but is %s",
                probability);
        return then((image, draws) -> {
            if (draws.next() < probability) {
                flip(image);
            }
        });
    }

    /// Changes brightness, contrast and saturation by factors from `[1 − a, 1 + a)` each, and the hue by up to `hue`
    /// turns of the colour circle, in random order, as torchvision's `ColorJitter` does; results stay in 0..1. Of a grey
    /// image only brightness and contrast change. Belongs before [#normalize].
    ///
    /// @param hue 0..0.5
    public Augmentation colorJitter(double brightness, double contrast, double saturation, double hue) {
        require(brightness >= 0 && contrast >= 0 && saturation >= 0 && hue >= 0 && hue <= 0.5,
                "colorJitter: needs amounts >= 0 and hue in 0..0.5, but got %s, %s, %s, hue %s", brightness, contrast,
                saturation, hue);
        return then(new ColorJitter(brightness, contrast, saturation, hue));
    }

    /// Sets a square of `size × size` pixels around a random point to zero, cut off at the edges (DeVries and Taylor,
    /// 2017).
    public Augmentation cutout(int size) {
        require(size >= 1, "cutout: needs size >= 1, but got %d", size);
        return then((image, draws) -> erase(image, draws.below(image.height()) - size / 2,
                draws.below(image.width()) - size / 2, size));
    }

    /// `(x − mean)/deviation`, with one pair per channel. The test images need the same.
    public Augmentation normalize(float[] mean, float[] deviation) {
        float[] m = mean.clone();
        float[] d = deviation.clone();
        require(m.length == d.length && m.length > 0, "normalize: %d means need as many deviations, but got %d",
                m.length, d.length);
        for (float deviationOfChannel : d) {
            require(deviationOfChannel > 0, "normalize: deviations must be > 0, but are %s", Arrays.toString(d));
        }
        return then((image, draws) -> normalize(image, m, d));
    }

    /// Before all steps, takes a random part of the image, between `leastArea` and `mostArea` of it, of an aspect
    /// ratio between 3:4 and 4:3, and scales it to the batch's image size, in place of the plain resize (torchvision's
    /// `RandomResizedCrop`; its usual range is 0.08..1).
    public Augmentation resizedCrop(double leastArea, double mostArea) {
        require(leastArea > 0 && leastArea <= mostArea && mostArea <= 1,
                "resizedCrop: needs 0 < leastArea <= mostArea <= 1, but got %s and %s", leastArea, mostArea);
        return new Augmentation(steps, new CropRange(leastArea, mostArea), mixup);
    }

    /// After all steps, mixes every image with another one of its batch (the first with the last, and so on), and their
    /// labels too: `λ·a + (1 − λ)·b`, one λ from Beta(alpha, alpha) per batch (Zhang et al., 2017). Labels become
    /// probabilities, float32 `[N, classes]`.
    ///
    /// @param alpha usually 0.1 to 1; 0.01 to 4
    public Augmentation mixup(double alpha) {
        require(alpha >= LEAST_ALPHA && alpha <= MOST_ALPHA, "mixup: alpha must be in %s..%s, but is %s",
                LEAST_ALPHA, MOST_ALPHA, alpha);
        return new Augmentation(steps, crop, alpha);
    }

    void apply(Pixels image, Draws draws) {
        for (int i = 0; i < steps.size(); i++) {
            steps.get(i).apply(image, draws);
        }
    }

    /// Null where images are resized whole.
    CropRange crop() {
        return crop;
    }

    /// Whether labels become probabilities.
    boolean mixes() {
        return mixup > 0;
    }

    /// λ by Jöhnk's method: of pairs (U^(1/α), V^(1/α)) with a sum of at most 1, the first's share of the sum.
    double lambda(Draws draws) {
        while (true) {
            double u = Math.pow(draws.next(), 1 / mixup);
            double v = Math.pow(draws.next(), 1 / mixup);
            if (u + v <= 1 && u + v > 0) {
                return u / (u + v);
            }
        }
    }

    private static void require(boolean good, String message, Object... args) {
        if (!good) {
            throw new DataException("augmentation " + message, args);
        }
    }

    private static void shift(Pixels image, int down, int right) {
        int h = image.height();
        int w = image.width();
        for (int c = 0; c < image.channels(); c++) {
            System.arraycopy(image.values(), image.at(c, 0, 0), image.scratch, 0, h * w);
            Arrays.fill(image.values(), image.at(c, 0, 0), image.at(c, 0, 0) + h * w, 0);
            int width = w - Math.abs(right);
            for (int y = Math.max(0, -down); width > 0 && y < Math.min(h, h - down); y++) {
                System.arraycopy(image.scratch, y * w + Math.max(0, -right), image.values(),
                        image.at(c, y + down, Math.max(0, right)), width);
            }
        }
    }

    private static void flip(Pixels image) {
        float[] v = image.values();
        for (int c = 0; c < image.channels(); c++) {
            for (int y = 0; y < image.height(); y++) {
                for (int a = image.at(c, y, 0), b = image.at(c, y, image.width() - 1); a < b; a++, b--) {
                    float swap = v[a];
                    v[a] = v[b];
                    v[b] = swap;
                }
            }
        }
    }

    private static void erase(Pixels image, int top, int left, int size) {
        int from = Math.max(0, left);
        int to = Math.min(image.width(), left + size);
        for (int c = 0; c < image.channels(); c++) {
            for (int y = Math.max(0, top); y < Math.min(image.height(), top + size); y++) {
                Arrays.fill(image.values(), image.at(c, y, from), image.at(c, y, from) + to - from, 0);
            }
        }
    }

    private static void normalize(Pixels image, float[] mean, float[] deviation) {
        // Not require: its arguments would be garbage per image.
        if (mean.length != image.channels()) {
            throw new DataException("augmentation normalize: %d means for images of %d channels", mean.length,
                    image.channels());
        }
        for (int c = 0; c < mean.length; c++) {
            int end = image.at(c, 0, 0) + image.height() * image.width();
            for (int i = image.at(c, 0, 0); i < end; i++) {
                image.values()[i] = (image.values()[i] - mean[c]) / deviation[c];
            }
        }
    }
}
