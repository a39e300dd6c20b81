package dev.sextant.nn;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Remembers the way through a model, so that a shape error can say where it happened.
final class ShapeTrail implements Walk {
    private final Map<Layer, String> paths = new HashMap<>();
    private final Deque<Layer> open = new ArrayDeque<>();
    private final List<String> trail = new ArrayList<>();

    ShapeTrail(Layer root) {
        root.visit("", (path, layer) -> paths.put(layer, path.isEmpty() ? layer.typeName() : path));
    }

    @Override
    public void enter(Layer layer, Shape in) {
        open.push(layer);
        if (trail.isEmpty()) {
            trail.add(in.toString());
        }
    }

    @Override
    public void leave(Layer layer, Shape in, Shape out) {
        open.pop();
        if (layer.children().isEmpty()) {
            trail.add(paths.get(layer) + " " + out);
        }
    }

    ShapeException explain(ShapeException cause) {
        Layer at = open.peek();
        return new ShapeException(cause, "layer %s (%s): %s%n  shapes so far: %s", paths.get(at), at.typeName(),
                cause.getMessage(), String.join(" → ", trail));
    }
}
