package dev.sextant.engine.op;

/// A number per spatial axis: height first, then width.
public record Pair(int h, int w) {
    /// `(1, 1)`.
    public static final Pair ONE = new Pair(1, 1);
    /// `(0, 0)`.
    public static final Pair ZERO = new Pair(0, 0);

    /// The same number on both axes.
    public static Pair of(int both) {
        return new Pair(both, both);
    }

    /// Height and width.
    public static Pair of(int h, int w) {
        return new Pair(h, w);
    }

    @Override
    public String toString() {
        return h == w ? Integer.toString(h) : h + "×" + w;
    }
}
