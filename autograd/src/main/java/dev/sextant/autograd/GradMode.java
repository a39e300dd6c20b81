package dev.sextant.autograd;

/// Whether operations of this thread record pullbacks. On by default; off for inference:
/// `try (var off = GradMode.off()) { … }`.
public final class GradMode implements AutoCloseable {
    private static final ThreadLocal<Boolean> OFF = new ThreadLocal<>();

    private final Boolean before = OFF.get();

    private GradMode() {
        OFF.set(Boolean.TRUE);
    }

    /// Records nothing until closed.
    public static GradMode off() {
        return new GradMode();
    }

    /// Whether this thread records.
    public static boolean isOn() {
        return OFF.get() == null;
    }

    @Override
    public void close() {
        if (before == null) {
            OFF.remove();
        } else {
            OFF.set(before);
        }
    }
}
