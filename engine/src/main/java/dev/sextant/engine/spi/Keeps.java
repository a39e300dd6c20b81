package dev.sextant.engine.spi;

/// Which tensors a backend's backward kernel wants to see again (cuDNN's pooling wants both, `simd` neither).
public record Keeps(boolean x, boolean y) {
    /// Neither tensor; the [Aux] is enough.
    public static final Keeps NOTHING = new Keeps(false, false);
    /// The input alone.
    public static final Keeps X = new Keeps(true, false);
    /// The output alone.
    public static final Keeps Y = new Keeps(false, true);
    /// Both.
    public static final Keeps BOTH = new Keeps(true, true);
}
