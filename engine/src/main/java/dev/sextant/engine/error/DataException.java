package dev.sextant.engine.error;

/// Input data that is missing, damaged, or outside its allowed values.
public class DataException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public DataException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public DataException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
