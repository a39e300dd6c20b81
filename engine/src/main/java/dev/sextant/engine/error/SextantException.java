package dev.sextant.engine.error;

import java.util.Locale;

/// Root of everything Sextant throws on purpose. The message names the operation, the tensors with their shapes,
/// the rule that was broken with its numbers, and what to do.
public class SextantException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param format a format string as for `String.format` (always in the root locale)
    public SextantException(String format, Object... args) {
        super(args.length == 0 ? format : String.format(Locale.ROOT, format, args));
    }

    /// @param cause what went wrong underneath
    public SextantException(Throwable cause, String format, Object... args) {
        super(args.length == 0 ? format : String.format(Locale.ROOT, format, args), cause);
    }
}
