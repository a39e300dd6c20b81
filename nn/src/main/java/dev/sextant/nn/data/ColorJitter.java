package dev.sextant.nn.data;

/// Brightness, contrast, saturation and hue, with torchvision's formulas on floats. Grey is
/// `0.2989·R + 0.587·G + 0.114·B`; a factor `f` blends towards black (brightness), the mean of the grey image (contrast)
/// or the pixel's own grey (saturation): `f·x + (1 − f)·other`, cut to 0..1.
record ColorJitter(double brightness, double contrast, double saturation, double hue) implements Augmentation.Step {

    @Override
    public void apply(Pixels image, Draws draws) {
        // The four changes in random order, without an array: the digits of a permutation drawn one by one.
        int left = 0b1111;
        for (int remaining = 4; remaining > 0; remaining--) {
            int skip = draws.below(remaining);
            int change = 0;
            while ((left >> change & 1) == 0 || skip-- > 0) {
                change++;
            }
            left &= ~(1 << change);
            switch (change) {
                case 0 -> brighten(image, factor(draws, brightness));
                case 1 -> changeContrast(image, factor(draws, contrast));
                case 2 -> saturate(image, factor(draws, saturation));
                default -> turn(image, (float) draws.between(-hue, hue));
            }
        }
    }

    private static float factor(Draws draws, double amount) {
        return (float) draws.between(Math.max(0, 1 - amount), 1 + amount);
    }

    static void brighten(Pixels image, float f) {
        blend(image, f, 0);
    }

    static void changeContrast(Pixels image, float f) {
        double sum = 0;
        for (int i = 0; i < image.height() * image.width(); i++) {
            sum += grey(image, i);
        }
        blend(image, f, (float) (sum / (image.height() * image.width())));
    }

    private static void blend(Pixels image, float f, float other) {
        int end = image.at(image.channels(), 0, 0);
        for (int i = image.at(0, 0, 0); i < end; i++) {
            image.values()[i] = clamp(f * image.values()[i] + (1 - f) * other);
        }
    }

    static void saturate(Pixels image, float f) {
        if (image.channels() != 3) {
            return;
        }
        float[] v = image.values();
        for (int i = 0; i < image.height() * image.width(); i++) {
            float other = (1 - f) * grey(image, i);
            for (int c = 0; c < 3; c++) {
                int at = image.at(c, 0, i);
                v[at] = clamp(f * v[at] + other);
            }
        }
    }

    /// Turns the hue by a share of the colour circle: to hue, saturation and value, and back.
    static void turn(Pixels image, float turns) {
        if (image.channels() != 3 || turns == 0) {
            return;
        }
        float[] v = image.values();
        for (int i = 0; i < image.height() * image.width(); i++) {
            int r = image.at(0, 0, i);
            int g = image.at(1, 0, i);
            int b = image.at(2, 0, i);
            float max = Math.max(v[r], Math.max(v[g], v[b]));
            float range = max - Math.min(v[r], Math.min(v[g], v[b]));
            if (range > 0) {
                float sixth = v[r] == max ? (v[g] - v[b]) / range
                        : v[g] == max ? 2 + (v[b] - v[r]) / range : 4 + (v[r] - v[g]) / range;
                float turned = sixth + 6 * turns + 12;
                v[r] = channel(turned + 5, max, range);
                v[g] = channel(turned + 3, max, range);
                v[b] = channel(turned + 1, max, range);
            }
        }
    }

    /// One channel of the colour of a hue (in sixths of a turn, plus 5, 3 and 1 for red, green and blue): full, falling,
    /// none or rising round the circle.
    private static float channel(float k, float max, float range) {
        float at = k % 6;
        return max - range * clamp(Math.min(at, 4 - at));
    }

    private static float grey(Pixels image, int i) {
        float[] v = image.values();
        return image.channels() != 3 ? v[image.at(0, 0, i)]
                : 0.2989f * v[image.at(0, 0, i)] + 0.587f * v[image.at(1, 0, i)] + 0.114f * v[image.at(2, 0, i)];
    }

    private static float clamp(float x) {
        return Math.clamp(x, 0f, 1f);
    }
}
