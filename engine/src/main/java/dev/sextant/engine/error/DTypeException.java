package dev.sextant.engine.error;

/// An element type that the operation or the backend does not take.
public class DTypeException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public DTypeException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public DTypeException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
