package dev.sextant.engine.error;

/// Misuse of the autograd graph: backward twice, a saved tensor changed in place, no gradient to give.
public class GraphException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public GraphException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public GraphException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
