package dev.sextant.engine.spi;

import dev.sextant.engine.DType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The memory behind one array and its views. Opaque: only the backend that made it looks inside.
public abstract class Storage {
    /// The most forms of one storage; a backend that asks for more gets new ones every time the limit is passed.
    private static final int MOST_FORMS = 6;

    private final DType dtype;
    private final long size;
    private long version;
    private String lastWriter = "its creation";
    private String releasedBy;
    private volatile Map<Object, Object> forms;

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
        forms = null;
    }

    /// Says that the contents will stay as they are, as weights do in inference: from now on backends keep the forms in
    /// which they read them, until the next write.
    public final void keepForms() {
        if (forms == null) {
            forms = new ConcurrentHashMap<>();
        }
    }

    /// Whether [#form] keeps what it makes.
    public final boolean keepsForms() {
        return forms != null;
    }

    /// The contents in the form that `key` stands for; made once, whoever asks at the same time.
    ///
    /// @param key equal for equal forms; its class is the asking routine's own
    @SuppressWarnings("unchecked")
    public final <T> T form(Object key, Supplier<T> make) {
        Map<Object, Object> map = forms;
        if (map == null) {
            return make.get();
        }
        Object kept = map.get(key);
        if (kept == null) {
            if (map.size() >= MOST_FORMS) {
                map.clear();
            }
            kept = map.computeIfAbsent(key, _ -> make.get());
        }
        return (T) kept;
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
