package dev.sextant.cli.graph;

import dev.sextant.autograd.Pullback;
import dev.sextant.autograd.Saved;
import dev.sextant.autograd.Var;
import dev.sextant.cli.graph.TracedGraph.Node;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.nn.Layer;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A traced network as boxes and arrows, before anything is placed: one box for each operation, or for a whole block
/// where that would be too many. Every box but those of inputs also has a gradient that flows the other way.
///
/// @param boxes  in the order they run
/// @param arrows values from box to box
/// @param saved  what the backward pass of a box keeps of another box's output
public record Picture(List<Box> boxes, Set<Arrow> arrows, Set<Arrow> saved) {

    /// What a box is, for its colour.
    public enum Kind {
        INPUT, CONV, LINEAR, NORM, POOL, ACTIVATION, JOIN, BLOCK, OTHER
    }

    /// One box.
    ///
    /// @param title     the operation, or the block's type
    /// @param layer     the name of the layer or block; empty for the network's own operations
    /// @param detail    shape of the result, and parameters if it has any
    /// @param keeps     what its backward pass keeps: names of inputs, parameters, `aux` for the backend's own
    /// @param gradients the parameters whose gradients it computes
    public record Box(Kind kind, String title, String layer, String detail, Set<String> keeps,
            List<String> gradients) {
        /// Whether there is a gradient to compute behind it.
        public boolean isInput() {
            return kind == Kind.INPUT;
        }
    }

    /// From box to box, by position.
    public record Arrow(int from, int to) {
    }

    /// @param block the part of the network to show, by its name; empty for all of it
    /// @param depth how many levels of nested layers to show from there
    public static Picture of(TracedGraph trace, String block, int depth) {
        return new Maker(trace, block, depth).picture();
    }

    /// Builds the boxes of one trace.
    private static final class Maker {
        private final TracedGraph trace;
        private final String block;
        private final int depth;
        private final List<Box> boxes = new ArrayList<>();
        private final Map<Var, Integer> boxOf = new HashMap<>();
        private final Map<String, Integer> blocks = new LinkedHashMap<>();
        private final Map<NDArray, Var> owners = new HashMap<>();
        private final Set<Arrow> arrows = new LinkedHashSet<>();
        private final Set<Arrow> saved = new LinkedHashSet<>();

        Maker(TracedGraph trace, String block, int depth) {
            this.trace = trace;
            this.block = block;
            this.depth = depth + levels(block);
            trace.nodes().forEach(n -> owners.put(n.value().value(), n.value()));
            trace.parameters().keySet().forEach(p -> owners.put(p.value(), p));
            owners.put(trace.input().value(), trace.input());
        }

        Picture picture() {
            Map<Var, String> outside = new HashMap<>();
            outside.put(trace.input(), "input");
            for (Node node : trace.nodes()) {
                if (isShown(node)) {
                    add(node, outside);
                } else {
                    outside.put(node.value(), node.path().isEmpty() ? node.value().op().opName() : node.path());
                }
            }
            return new Picture(boxes, arrows, saved);
        }

        private boolean isShown(Node node) {
            return block.isEmpty() || node.path().equals(block) || node.path().startsWith(block + ".");
        }

        private void add(Node node, Map<Var, String> outside) {
            Var value = node.value();
            for (Var parent : value.parents()) {
                if (!boxOf.containsKey(parent) && outside.containsKey(parent)) {
                    boxes.add(new Box(Kind.INPUT, outside.get(parent), "", parent.shape().toString(), Set.of(),
                            List.of()));
                    boxOf.put(parent, boxes.size() - 1);
                }
            }
            int own = box(node);
            boxOf.put(value, own);
            for (Var parent : value.parents()) {
                Integer from = boxOf.get(parent);
                if (from != null && from != own) {
                    arrows.add(new Arrow(from, own));
                }
            }
            kept(value).forEach((name, array) -> {
                Var owner = array == null ? null : owners.get(array);
                Integer from = owner == null ? null : boxOf.get(owner);
                if (from != null && from != own) {
                    saved.add(new Arrow(from, own));
                }
                if (!isBlock(node)) {
                    boxes.get(own).keeps().add(owner == value ? "y"
                            : trace.parameters().getOrDefault(owner, name.equals("given") ? "x" : name));
                }
            });
        }

        /// Whether an operation is shown only as part of its block.
        private boolean isBlock(Node node) {
            return node.layer() != null && !node.path().isEmpty() && (levels(node.path()) > depth
                    || levels(node.path()) == depth && !node.layer().children().isEmpty());
        }

        private int box(Node node) {
            if (!isBlock(node)) {
                boxes.add(single(node));
                return boxes.size() - 1;
            }
            String[] names = node.path().split("\\.");
            String name = String.join(".", Arrays.copyOf(names, depth));
            Integer known = blocks.get(name);
            int at = known != null ? known : boxes.size();
            List<String> gradients = known == null ? new ArrayList<>() : new ArrayList<>(boxes.get(at).gradients);
            gradients.addAll(gradients(node.value()));
            // The last operation of the block that runs says what comes out.
            var box = new Box(Kind.BLOCK, type(name), name, detail(node.value(), gradients.size()),
                    known == null ? new LinkedHashSet<>() : boxes.get(at).keeps, gradients);
            if (known == null) {
                blocks.put(name, at);
                boxes.add(box);
            } else {
                boxes.set(at, box);
            }
            return at;
        }

        private String type(String path) {
            Layer layer = trace.model();
            for (String name : path.split("\\.")) {
                layer = layer.children().get(name);
            }
            return layer.typeName();
        }

        private Box single(Node node) {
            Var v = node.value();
            List<String> gradients = gradients(v);
            return new Box(kind(v), v.op().opName(), node.path(), detail(v, 0), new LinkedHashSet<>(), gradients);
        }

        private static String detail(Var v, int parameters) {
            return v.shape() + (parameters == 0 ? "" : ", " + parameters + " parameters");
        }

        private List<String> gradients(Var v) {
            return v.parents().stream().filter(trace.parameters()::containsKey).map(trace.parameters()::get).toList();
        }

        private static int levels(String path) {
            return path.isEmpty() ? 0 : path.split("\\.").length;
        }

        private static Kind kind(Var v) {
            OpSpec spec = v.op();
            return switch (spec) {
                case Conv2dSpec _ -> Kind.CONV;
                case LinearSpec _ -> Kind.LINEAR;
                case BatchNormSpec _ -> Kind.NORM;
                case Pool2dSpec _, AdaptivePool2dSpec _ -> Kind.POOL;
                case UnarySpec _ -> Kind.ACTIVATION;
                default -> v.parents().size() > 1 ? Kind.JOIN : Kind.OTHER;
            };
        }

        /// The tensors that a pullback holds, by the names of its record's components; null for what is private to the
        /// backend.
        private static Map<String, NDArray> kept(Var v) {
            Pullback pullback = v.pullback();
            Map<String, NDArray> all = new LinkedHashMap<>();
            if (pullback == null || !pullback.getClass().isRecord()) {
                return all;
            }
            for (RecordComponent c : pullback.getClass().getRecordComponents()) {
                if (c.getType() == Saved.class) {
                    Saved saved = (Saved) component(c, pullback);
                    if (saved != null) {
                        all.put(c.getName(), saved.array());
                    }
                } else if (c.getType() == Aux.class && component(c, pullback) != null) {
                    all.put(c.getName(), null);
                }
            }
            return all;
        }

        private static Object component(RecordComponent c, Pullback pullback) {
            try {
                // The records are private to autograd's files; what they hold is meant to be read.
                c.getAccessor().setAccessible(true);
                return c.getAccessor().invoke(pullback);
            } catch (ReflectiveOperationException e) {
                throw new SextantException(e, "graph: cannot read %s: %s", c, e.getMessage());
            }
        }
    }
}
