package dev.sextant.engine;

import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.spi.Storage;
import java.util.ArrayList;
import java.util.List;

/// The lexical lifetime of temporary arrays: what is created inside `try (var step = Scope.open()) { … }` returns to
/// the device's pool when the block ends, so a training loop takes no new memory after its first step.
///
/// Outside a scope arrays are ordinary garbage-collected objects. Parameters, their gradients and optimizer state
/// live outside scopes. A scope belongs to the thread that opened it. Using an array after its scope has closed throws
/// a [ScopeException] that names it; [#keep] carries a result out.
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> CURRENT = new ThreadLocal<>();

    private final String name;
    private final Scope parent;
    private final Thread owner = Thread.currentThread();
    private final List<Storage> storages = new ArrayList<>();
    private boolean open = true;

    private Scope(String name, Scope parent) {
        this.name = name;
        this.parent = parent;
    }

    /// Opens a scope on this thread; close it with try-with-resources.
    public static Scope open() {
        return open("scope");
    }

    /// Opens a scope with a name for error messages.
    public static Scope open(String name) {
        var scope = new Scope(name, CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /// The innermost open scope of this thread, or null.
    public static Scope current() {
        return CURRENT.get();
    }

    /// Runs `body` as if no scope were open: what it creates is garbage-collected.
    public static <T> T outside(java.util.function.Supplier<T> body) {
        var saved = CURRENT.get();
        CURRENT.remove();
        try {
            return body.get();
        } finally {
            if (saved != null) {
                CURRENT.set(saved);
            }
        }
    }

    /// Adopts a storage: it is released when this scope closes. Called by the array factory.
    void own(Storage storage) {
        storages.add(storage);
    }

    /// A copy of `array` that outlives this scope: it belongs to the enclosing scope, or to the garbage collector.
    public NDArray keep(NDArray array) {
        requireOpen();
        CURRENT.set(parent);
        try {
            return array.duplicate();
        } finally {
            CURRENT.set(this);
        }
    }

    /// Name given when the scope was opened.
    public String name() {
        return name;
    }

    private void requireOpen() {
        if (!open) {
            throw new ScopeException("%s is closed already", name);
        }
        if (Thread.currentThread() != owner || CURRENT.get() != this) {
            throw new ScopeException("%s: a scope is used by the thread that opened it (%s), innermost first; this is "
                    + "thread %s. Close inner scopes first: use try-with-resources", name, owner.getName(),
                    Thread.currentThread().getName());
        }
    }

    /// Releases every array created in this scope. Scopes close innermost first.
    @Override
    public void close() {
        if (!open) {
            return;
        }
        requireOpen();
        open = false;
        for (int i = storages.size() - 1; i >= 0; i--) {
            storages.get(i).release();
        }
        storages.clear();
        if (parent == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(parent);
        }
    }
}
