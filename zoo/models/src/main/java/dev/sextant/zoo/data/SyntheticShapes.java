package dev.sextant.zoo.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.data.ImageDataset;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/// Generated grey images of ten shapes, for where no real data can be had: same sizes and counts as Fashion-MNIST, no
/// files, no network. Each image has its own place, size, brightness and noise. Image `i` is a pure function of
/// (seed, i), so the same seed gives the same bytes everywhere.
///
/// Results on these images say that training works, and nothing about how good a network is.
public final class SyntheticShapes {
    /// Names of the classes, by label.
    public static final List<String> CLASSES = List.of("disc", "ring", "square", "frame", "triangle", "plus", "cross",
            "rows", "columns", "chequers");

    private static final int TRAIN = 60_000;
    private static final int TEST = 10_000;
    private static final int SIZE = 28;
    /// Stream of image 0 ("SHAP" in the upper half); image `i` has this plus `i`. Test images follow the train images.
    private static final long STREAM = 0x53484150L << 32;
    /// Numbers drawn for an image before its noise: x, y, radius, brightness, background, and three unused.
    private static final int DRAWS = 8;
    /// Points per pixel and axis that are asked whether they are inside the shape: edges become grey.
    private static final int SAMPLES = 2;
    private static final double NOISE = 40;

    private SyntheticShapes() {
    }

    /// As many images of the same size as Fashion-MNIST has.
    public static TrainTest generate(long seed) {
        return generate(TRAIN, TEST, SIZE, seed);
    }

    /// `train + test` images `[1, size, size]`, the classes in turn.
    ///
    /// @throws DataException if a count is negative or the size is under 8, too few pixels to tell the shapes apart
    public static TrainTest generate(int train, int test, int size, long seed) {
        if (train < 0 || test < 0 || size < 8) {
            throw new DataException("synthetic shapes: need train >= 0, test >= 0 and size >= 8, but got train=%d, "
                    + "test=%d, size=%d", train, test, size);
        }
        var hash = FashionFiles.sha256();
        hash.update(ByteBuffer.allocate(20).putInt(train).putInt(test).putInt(size).putLong(seed).array());
        var trainPart = part(0, train, size, seed);
        var testPart = part(train, test, size, seed);
        byte[] image = new byte[size * size];
        for (var data : List.of(trainPart, testPart)) {
            for (int i = 0; i < data.size(); i++) {
                data.readImage(i, image, 0);
                hash.update(image);
            }
        }
        return new TrainTest("synthetic", trainPart, testPart, HexFormat.of().formatHex(hash.digest()),
                "generated shapes, seed " + seed);
    }

    private static ImageDataset part(int from, int count, int size, long seed) {
        byte[] pixels = new byte[Math.multiplyExact(count, size * size)];
        int[] labels = new int[count];
        IntStream.range(0, count).parallel().forEach(i -> {
            labels[i] = (from + i) % CLASSES.size();
            draw(labels[i], seed, STREAM + from + i, size, pixels, i * size * size);
        });
        return new ImageDataset(Shape.of(1, size, size), pixels, labels, CLASSES);
    }

    private static void draw(int label, long seed, long stream, int size, byte[] pixels, int offset) {
        float[] draws = Philox.uniform(seed, stream, DRAWS, 0, 1);
        double radius = size * (0.25 + 0.15 * draws[2]);
        double x = size * (0.4 + 0.2 * draws[0]);
        double y = size * (0.4 + 0.2 * draws[1]);
        double bright = 140 + 90 * draws[3];
        double dark = 25 * draws[4];
        int[] noise = new int[4];
        for (int p = 0; p < size * size; p++) {
            if ((p & 3) == 0) {
                Philox.block(seed, stream, (DRAWS + p) >> 2, noise);
            }
            double part = coverage(label, (p % size - x) / radius, (p / size - y) / radius, 1 / radius);
            double value = dark + (bright - dark) * part + NOISE * (Philox.toUnit(noise[p & 3]) - 0.5);
            pixels[offset + p] = (byte) Math.clamp(Math.round(value), 0, 255);
        }
    }

    /// How much of a pixel the shape covers; upper left corner (u, v) and side in units of the shape's radius.
    private static double coverage(int label, double u, double v, double side) {
        int inside = 0;
        for (int i = 0; i < SAMPLES; i++) {
            for (int j = 0; j < SAMPLES; j++) {
                inside += contains(label, u + (i + 0.5) / SAMPLES * side, v + (j + 0.5) / SAMPLES * side) ? 1 : 0;
            }
        }
        return (double) inside / (SAMPLES * SAMPLES);
    }

    /// Whether the point (u, v), the shape's centre being (0, 0) and its radius 1, is inside the shape.
    private static boolean contains(int label, double u, double v) {
        double far = Math.max(Math.abs(u), Math.abs(v));
        double square = u * u + v * v;
        if (far > 1) {
            return false;
        }
        return switch (label) {
            case 0 -> square <= 1;
            case 1 -> square <= 1 && square >= 0.36;
            case 2 -> far <= 0.88;
            case 3 -> far <= 0.95 && far >= 0.6;
            case 4 -> Math.abs(u) <= (v + 1) / 2;
            case 5 -> Math.min(Math.abs(u), Math.abs(v)) <= 0.28;
            case 6 -> Math.abs(Math.abs(u) - Math.abs(v)) <= 0.36;
            case 7 -> even(v);
            case 8 -> even(u);
            default -> even(u) == even(v);
        };
    }

    /// Whether a coordinate lies in the first, third or fifth fifth of [-1, 1].
    private static boolean even(double coordinate) {
        return ((int) Math.floor((coordinate + 1) * 2.5) & 1) == 0;
    }
}
