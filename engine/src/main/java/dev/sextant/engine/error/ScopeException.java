package dev.sextant.engine.error;

/// Use of an array after its scope closed, or scopes closed out of order.
public class ScopeException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public ScopeException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public ScopeException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
