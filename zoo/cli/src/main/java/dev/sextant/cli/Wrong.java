package dev.sextant.cli;

import java.util.Collection;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/// A value that a command cannot take, with a message that says what it can.
final class Wrong extends ParameterException {
    private static final long serialVersionUID = 1L;

    Wrong(CommandSpec command, String message) {
        super(command.commandLine(), message);
    }

    /// The value, if it is one of the known ones.
    static String oneOf(CommandSpec command, String what, String value, Collection<String> known) {
        if (!known.contains(value)) {
            throw new Wrong(command, "unknown " + what + " '" + value + "'" + Nearest.hint(value, known));
        }
        return value;
    }

    /// The value, if it is within the bounds.
    static int within(CommandSpec command, String flag, int value, int least, int most) {
        if (value < least || value > most) {
            throw new Wrong(command, flag + " must be " + (most == Integer.MAX_VALUE ? "at least " + least
                    : least + ".." + most) + ", but " + value + " was given");
        }
        return value;
    }
}
