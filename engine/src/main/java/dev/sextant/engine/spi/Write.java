package dev.sextant.engine.spi;

/// How a backward kernel writes a gradient (cuDNN's beta 0 and 1).
public enum Write {
    /// Overwrite: the first contribution.
    SET,
    /// Add to what is there: every later contribution.
    ADD
}
