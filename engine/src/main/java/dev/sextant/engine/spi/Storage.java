package dev.sextant.engine.spi;

import dev.sextant.engine.DType;

/// The memory behind one array and its views. Opaque: only the backend that made it looks inside.
public abstract class Storage {
    private final DType dtype;
    private final long size;
    private long version;
    private String lastWriter = "its creation";
    private String releasedBy;

    /// @param size number of elements
    protected Storage(DType dtype, long size) {
        this.dtype = dtype;
        this.size = size;
    }

    /// Element type.
    public final DType dtype() {
        return dtype;
    }

    /// Number of elements.
    public final long size() {
        return size;
    }

    /// Counts in-place changes after creation, so that backward can tell a saved tensor that was changed.
    public final long version() {
        return version;
    }

    /// The last operation that wrote into this storage in place.
    public final String lastWriter() {
        return lastWriter;
    }

    /// Records an in-place write.
    public final void written(String op) {
        version++;
        lastWriter = op;
    }

    /// Whether the memory may still be used.
    public final boolean isLive() {
        return releasedBy == null;
    }

    /// Who released it, for the error message; null while live.
    public final String releasedBy() {
        return releasedBy;
    }

    /// Gives the memory back; idempotent.
    public final void release() {
        release("the end of its scope");
    }

    /// Gives the memory back, naming the reason for later error messages; idempotent.
    public final void release(String reason) {
        if (releasedBy == null) {
            releasedBy = reason;
            free();
        }
    }

    /// Returns the memory to where it came from; called once.
    protected abstract void free();
}
