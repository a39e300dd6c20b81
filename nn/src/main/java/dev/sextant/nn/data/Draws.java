package dev.sextant.nn.data;

import dev.sextant.engine.random.Philox;

/// Random numbers for one image at a time: the `k`-th number is a function of (seed, epoch, index of the image, `k`), so
/// neither threads nor the batch size nor a resumed training change what an image gets.
public final class Draws {
    /// Numbers of one image before those of the next one begin, in blocks of four.
    private static final int BLOCKS = 16;

    private final long seed;
    private final long stream;
    private final int[] four = new int[4];
    private long block;
    private int used = 4;

    /// @param stream different for every purpose and epoch
    Draws(long seed, long stream) {
        this.seed = seed;
        this.stream = stream;
    }

    /// Goes to the first number of an image, or whatever else is counted.
    Draws begin(long index) {
        block = index << BLOCKS;
        used = 4;
        return this;
    }

    /// A number in `[0, 1)`.
    public float next() {
        if (used == 4) {
            Philox.block(seed, stream, block++, four);
            used = 0;
        }
        return Philox.toUnit(four[used++]);
    }

    /// A number in `[low, high)`.
    public double between(double low, double high) {
        return low + (high - low) * next();
    }

    /// A whole number in `0 … count-1`.
    public int below(int count) {
        return (int) (next() * (double) count);
    }
}
