package dev.sextant.engine.trace;

/// Hears of every kernel call while it is installed with [Trace#listen].
@FunctionalInterface
public interface OpListener {
    /// Called on the computing thread, after the kernel.
    void onOp(OpEvent event);
}
