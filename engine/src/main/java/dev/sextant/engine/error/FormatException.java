package dev.sextant.engine.error;

/// A file that does not follow its format, or follows it in a hostile way.
public class FormatException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public FormatException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public FormatException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
