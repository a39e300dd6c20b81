package dev.sextant.engine.error;

/// A shape, axis, size or attribute that does not fit the operation.
public class ShapeException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public ShapeException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public ShapeException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
