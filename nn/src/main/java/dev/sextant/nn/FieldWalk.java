package dev.sextant.nn;

import dev.sextant.engine.Shape;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/// Follows receptive fields through a walk of shapes. A layer hands the shape object it got from one child to the next,
/// so an object says which child's output it is; where a layer joins several into a new one, the join sees what any of
/// them saw.
final class FieldWalk {
    private final Map<Shape, ReceptiveField> fields = new IdentityHashMap<>();
    private final Deque<Open> open = new ArrayDeque<>();

    /// A layer that is being walked: the field of its input, and of all its children so far.
    private static final class Open {
        private final ReceptiveField in;
        private ReceptiveField seen;

        Open(ReceptiveField in) {
            this.in = in;
            seen = in;
        }
    }

    FieldWalk(Shape input) {
        fields.put(input, ReceptiveField.PIXEL);
    }

    void enter(Layer layer, Shape in) {
        ReceptiveField known = fields.get(in);
        open.push(new Open(known != null ? known : open.isEmpty() ? ReceptiveField.PIXEL : open.peek().seen));
    }

    ReceptiveField leave(Layer layer, Shape in, Shape out) {
        Open self = open.pop();
        ReceptiveField field;
        if (layer.children().isEmpty()) {
            field = layer.receptiveField(self.in, in);
        } else {
            ReceptiveField known = fields.get(out);
            field = known != null ? known : self.seen;
        }
        fields.put(out, field);
        if (!open.isEmpty()) {
            open.peek().seen = open.peek().seen.or(field);
        }
        return field;
    }
}
