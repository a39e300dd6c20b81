package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.Place;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/// One backward pass. Values are visited latest first: when one is reached, everything computed from it has been
/// visited, so its gradient is complete. The order is that of the forward pass reversed, always the same.
final class Backward {
    private final PriorityQueue<Var> queue = new PriorityQueue<>(
            Comparator.comparingLong((Var v) -> v.node().sequence).reversed());
    private final Map<Var, Pending> pending = new HashMap<>();

    /// A gradient under construction.
    ///
    /// @param memory what it lies in, with others if it was passed on; null if it belongs to somebody else
    /// @param shared whether others read the same elements, so that it is not to be written
    private record Pending(NDArray array, Memory memory, boolean shared) {
        void release() {
            if (memory != null && --memory.users == 0) {
                memory.array.storage().release("backward, which had consumed this gradient");
            }
        }
    }

    /// Memory that this pass allocated, and how many pending gradients lie in it.
    private static final class Memory {
        final NDArray array;
        int users = 1;

        Memory(NDArray array) {
            this.array = array;
        }
    }

    void run(Var root, NDArray dy) {
        if (root.isLeaf()) {
            Target target = root.leafTarget();
            root.device().kernels().copy(dy, target.array(), target.write());
            return;
        }
        pending.put(root, new Pending(dy, null, true));
        queue.add(root);
        while (!queue.isEmpty()) {
            visit(queue.poll());
        }
    }

    private void visit(Var v) {
        Var.Node node = v.node();
        Pending dy = pending.remove(v);
        if (node.pullback == null) {
            throw new GraphException("backward: the graph through %s %s was consumed by an earlier backward(); run the "
                    + "forward pass again", node.spec.opName(), v.shape());
        }
        if (v.retainsGrad()) {
            v.keepGrad(dy.array);
        }
        var sink = new ParentSink(node, dy);
        new Place(node.place, "backward").run(() -> node.pullback.pull(dy.array, sink));
        node.pullback = null;
        dy.release();
    }

    private final class ParentSink implements Sink {
        private final Var.Node node;
        private final Pending dy;

        ParentSink(Var.Node node, Pending dy) {
            this.node = node;
            this.dy = dy;
        }

        @Override
        public boolean mayOverwrite() {
            return !dy.shared;
        }

        @Override
        public boolean wants(int parent) {
            Var p = node.parents[parent];
            return p != null && p.requiresGrad();
        }

        @Override
        public Target target(int parent) {
            if (!wants(parent)) {
                return null;
            }
            Var p = node.parents[parent];
            if (p.isLeaf()) {
                return p.leafTarget();
            }
            Pending before = pending.get(p);
            if (before != null && !before.shared) {
                return Target.add(before.array);
            }
            NDArray own = Var.emptyLike(p.value());
            pending.put(p, new Pending(own, new Memory(own), false));
            if (before == null) {
                queue.add(p);
                return Target.set(own);
            }
            p.device().kernels().copy(before.array, own, Write.SET);
            before.release();
            return Target.add(own);
        }

        @Override
        public void pass(int parent, NDArray gradient) {
            pass(parent, gradient, true);
        }

        @Override
        public void give(int parent, NDArray part) {
            pass(parent, part, dy.shared || !part.isBlocked() && !part.isContiguous());
        }

        private void pass(int parent, NDArray gradient, boolean shared) {
            if (!wants(parent)) {
                return;
            }
            Var p = node.parents[parent];
            // A row-major gradient of a blocked value (behind a flatten) is turned once, here, not by each of its readers.
            if (p.isLeaf() || pending.containsKey(p) || gradient.isBlocked() != p.value().isBlocked()) {
                Target target = target(parent);
                p.device().kernels().copy(gradient, target.array(), target.write());
            } else {
                boolean isView = dy.memory != null && gradient.storage() == dy.array.storage();
                if (isView) {
                    dy.memory.users++;
                }
                pending.put(p, new Pending(gradient, isView ? dy.memory : null, shared || !isView));
                queue.add(p);
            }
        }
    }
}
