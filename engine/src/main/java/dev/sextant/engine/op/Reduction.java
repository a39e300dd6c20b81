package dev.sextant.engine.op;

/// What a loss does with the values of the single elements.
public enum Reduction {
    /// Their mean (weighted, where the loss has weights).
    MEAN,
    /// Their sum.
    SUM,
    /// Nothing: one loss per element.
    NONE
}
