package dev.sextant.nn.data;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.random.Philox;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.IntStream;

/// Batches from arrays in memory: examples of any shape, with class indices or numbers as targets. For images in bytes
/// there is [BatchLoader].
public final class ArrayBatches implements BatchSource {
    private static final long SHUFFLE_STREAM = 0x41525259L << 32;

    private final Shape example;
    private final float[] examples;
    private final Object targets;
    private final int targetSize;
    private final int[] members;
    private final int batch;
    private final Long seed;
    private final Device device;

    private ArrayBatches(Shape example, float[] examples, Object targets, int targetSize, int[] members, int batch,
            Long seed, Device device) {
        this.example = example;
        this.examples = examples;
        this.targets = targets;
        this.targetSize = targetSize;
        this.members = members;
        this.batch = batch;
        this.seed = seed;
        this.device = device;
    }

    /// Examples with one class index each; in order, in one batch.
    ///
    /// @param example shape of one example, without batch
    public static ArrayBatches of(Shape example, float[] examples, int[] classes, Device device) {
        return all(example, examples, classes, classes.length, 1, device);
    }

    /// Examples with `targets.length / N` numbers each; in order, in one batch.
    ///
    /// @param example shape of one example, without batch
    public static ArrayBatches of(Shape example, float[] examples, float[] targets, Device device) {
        int n = count(example, examples);
        if (n == 0 || targets.length % n != 0) {
            throw new DataException("batches: %d targets are no whole number each for %d examples", targets.length, n);
        }
        return all(example, examples, targets, n, targets.length / n, device);
    }

    private static ArrayBatches all(Shape example, float[] examples, Object targets, int n, int targetSize,
            Device device) {
        if (n == 0 || count(example, examples) != n) {
            throw new DataException("batches: %d values are %s examples %s, but there are %d targets", examples.length,
                    example.size() == 0 ? "no" : Double.toString((double) examples.length / example.size()), example,
                    n);
        }
        return new ArrayBatches(example, examples, targets, targetSize, IntStream.range(0, n).toArray(), n, null,
                device);
    }

    private static int count(Shape example, float[] examples) {
        return example.size() == 0 || examples.length % example.size() != 0 ? -1
                : Math.toIntExact(examples.length / example.size());
    }

    /// The same in batches of `size`; the last of an epoch may be smaller.
    public ArrayBatches batch(int size) {
        if (size < 1) {
            throw new DataException("batches: the batch size must be at least 1, but is %d", size);
        }
        return new ArrayBatches(example, examples, targets, targetSize, members, size, seed, device);
    }

    /// The same in a new order every epoch, a function of (seed, epoch).
    public ArrayBatches shuffle(long newSeed) {
        return new ArrayBatches(example, examples, targets, targetSize, members, batch, newSeed, device);
    }

    /// Some of the examples, by index.
    public ArrayBatches subset(int... indices) {
        int[] chosen = Arrays.stream(indices).map(i -> {
            if (i < 0 || i >= members.length) {
                throw new DataException("batches: there is no example %d among %d", i, members.length);
            }
            return members[i];
        }).toArray();
        return new ArrayBatches(example, examples, targets, targetSize, chosen, batch, seed, device);
    }

    /// One of `k` ways to set a `k`-th of the examples aside (K-fold cross-validation). The folds are disjoint, cover
    /// everything, and differ in size by one at most.
    public Fold fold(int number, int k) {
        if (k < 2 || k > members.length || number < 0 || number >= k) {
            throw new DataException("batches: fold %d of %d of %d examples; need 2 <= k <= examples and 0 <= fold < k",
                    number, k, members.length);
        }
        int from = (int) ((long) number * members.length / k);
        int to = (int) ((number + 1L) * members.length / k);
        return new Fold(
                subset(IntStream.range(0, members.length).filter(i -> i < from || i >= to).toArray()),
                subset(IntStream.range(from, to).toArray()));
    }

    /// What to train on and what to validate on.
    public record Fold(ArrayBatches train, ArrayBatches validation) {
    }

    /// Number of examples.
    public int size() {
        return members.length;
    }

    @Override
    public int steps() {
        return Math.ceilDiv(members.length, batch);
    }

    @Override
    public Iterator<Batch> epoch(int epoch, int fromStep) {
        int[] order = seed == null ? IntStream.range(0, members.length).toArray()
                : Philox.permutation(seed, SHUFFLE_STREAM + epoch, members.length);
        return IntStream.range(fromStep, steps()).mapToObj(step -> cut(order, epoch, step)).iterator();
    }

    private Batch cut(int[] order, int epoch, int step) {
        int n = Math.min(batch, members.length - step * batch);
        int size = Math.toIntExact(example.size());
        float[] x = new float[Math.multiplyExact(n, size)];
        Object y = targets instanceof int[] ? new int[n] : new float[n * targetSize];
        for (int i = 0; i < n; i++) {
            int from = members[order[step * batch + i]];
            System.arraycopy(examples, from * size, x, i * size, size);
            System.arraycopy(targets, from * targetSize, y, i * targetSize, targetSize);
        }
        int[] dims = new int[example.rank() + 1];
        dims[0] = n;
        System.arraycopy(example.dims(), 0, dims, 1, example.rank());
        return new Batch(epoch, step, NDArray.of(x, Shape.of(dims), device), y instanceof int[] classes
                ? NDArray.of(classes, Shape.of(n), device)
                : NDArray.of((float[]) y, Shape.of(n, targetSize), device));
    }
}
