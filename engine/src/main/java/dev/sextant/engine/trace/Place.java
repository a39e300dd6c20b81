package dev.sextant.engine.trace;

import java.util.function.Supplier;

/// Where in a model this thread computes, for messages that must say who: the layer inside the layer that called it.
///
/// @param outer the place around it, or null
/// @param name  of the layer inside the outer one
public record Place(Place outer, String name) {
    private static final ThreadLocal<Place> CURRENT = new ThreadLocal<>();

    /// The innermost place of this thread, or null.
    public static Place current() {
        return CURRENT.get();
    }

    /// Runs `body` in the place `name` inside the current one.
    public static <T> T in(String name, Supplier<T> body) {
        Place before = CURRENT.get();
        CURRENT.set(new Place(before, name));
        try {
            return body.get();
        } finally {
            CURRENT.set(before);
        }
    }

    /// Runs `body` in this place, whatever the current one.
    public void run(Runnable body) {
        Place before = CURRENT.get();
        CURRENT.set(this);
        try {
            body.run();
        } finally {
            CURRENT.set(before);
        }
    }

    /// The names from the outermost place on, for example `ResNet18.layer1.0.conv1`.
    public String path() {
        return outer == null ? name : outer.path() + "." + name;
    }
}
