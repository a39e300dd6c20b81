package dev.sextant.nn.data;

import dev.sextant.engine.error.DataException;
import dev.sextant.engine.random.Philox;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Parts of a data set to validate on: one held-out part, or each of `k` in turn (K-fold cross-validation). Which image
/// goes where is a function of the seed. Stratified means that every class has its share in every part, within one image.
public final class Folds {
    /// Stream of the order ("FOLD" in the upper half).
    private static final long STREAM = 0x464F4C44L << 32;

    private final Dataset data;
    private final int[] order;
    private final int count;

    private Folds(Dataset data, int[] order, int count) {
        this.data = data;
        this.order = order;
        this.count = count;
    }

    /// What to train on and what to validate on: together everything, with nothing in both.
    public record Fold(Dataset train, Dataset validation) {
    }

    /// `k` parts, whose sizes differ by one at most.
    ///
    /// @throws DataException unless `2 <= k <= images`
    public static Folds of(Dataset data, int k, long seed, boolean stratified) {
        if (k < 2 || k > data.size()) {
            throw new DataException("folds: %d folds of %d images; need 2 <= k <= images", k, data.size());
        }
        return new Folds(data, order(data, seed, stratified), k);
    }

    /// One held-out part of exactly `validation` images.
    ///
    /// @throws DataException unless `1 <= validation < images`
    public static Fold holdOut(Dataset data, int validation, long seed, boolean stratified) {
        if (validation < 1 || validation >= data.size()) {
            throw new DataException("folds: %d of %d images cannot be held out; something must be left on both sides",
                    validation, data.size());
        }
        int[] order = order(data, seed, stratified);
        // Evenly spread over the order, which gives a sorted class its share.
        return cut(data, order, j -> (j + 1L) * validation / order.length > (long) j * validation / order.length);
    }

    /// Number of folds.
    public int count() {
        return count;
    }

    /// One of the folds, counted from 0.
    public Fold fold(int number) {
        if (number < 0 || number >= count) {
            throw new DataException("folds: there is no fold %d; they are 0..%d", number, count - 1);
        }
        // Dealt out like cards: neighbours, of one class where the order is sorted, go to different folds.
        return cut(data, order, j -> j % count == number);
    }

    private static Fold cut(Dataset data, int[] order, IntPredicate held) {
        return new Fold(
                data.subset(IntStream.range(0, order.length).filter(held.negate()).map(j -> order[j]).toArray()),
                data.subset(IntStream.range(0, order.length).filter(held).map(j -> order[j]).toArray()));
    }

    /// A random order; stratified, class after class and random within each.
    private static int[] order(Dataset data, long seed, boolean stratified) {
        int[] order = Philox.permutation(seed, STREAM, data.size());
        return stratified ? Arrays.stream(order).boxed().sorted(Comparator.comparingInt(data::label))
                .mapToInt(i -> i).toArray() : order;
    }
}
