package dev.sextant.autograd;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.Place;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// A value in a computation: an array, and how it came about, so that [#backward] can find its gradients.
public final class Var {
    private static final AtomicLong SEQUENCE = new AtomicLong();

    private final NDArray value;
    private final boolean requiresGrad;
    private final Node node;
    private NDArray grad;
    private boolean hasGrad;
    private boolean retainsGrad;

    private Var(NDArray value, boolean requiresGrad, Node node) {
        this.value = value;
        this.requiresGrad = requiresGrad;
        this.node = node;
    }

    /// How a value came about: the operation, its pullback and its inputs (null where one was absent).
    static final class Node {
        final OpSpec spec;
        final Var[] parents;
        final long sequence = SEQUENCE.getAndIncrement();
        final Place place = Place.current();
        Pullback pullback;

        Node(OpSpec spec, Pullback pullback, Var[] parents) {
            this.spec = spec;
            this.pullback = pullback;
            this.parents = parents;
        }
    }

    /// A constant: no gradient is computed for it.
    public static Var of(NDArray value) {
        return new Var(value, false, null);
    }

    /// A leaf that wants a gradient: a parameter, or an input under study.
    public static Var leaf(NDArray value) {
        if (!value.dtype().isFloating()) {
            throw new GraphException("leaf: only floating arrays have gradients, but this is %s", value);
        }
        return new Var(value, true, null);
    }

    /// The result of an operation. While recording is off, or if no parent wants a gradient, a constant.
    ///
    /// @param parents the operation's inputs in the order its pullback numbers them; null for an absent one
    public static Var result(OpSpec spec, NDArray value, Pullback pullback, Var... parents) {
        return wantsGrad(parents) ? new Var(value, true, new Node(spec, pullback, parents)) : of(value);
    }

    /// Whether an operation on these inputs must remember a pullback.
    public static boolean wantsGrad(Var... parents) {
        if (GradMode.isOn()) {
            for (Var parent : parents) {
                if (parent != null && parent.requiresGrad) {
                    return true;
                }
            }
        }
        return false;
    }

    public NDArray value() {
        return value;
    }

    public Shape shape() {
        return value.shape();
    }

    public DType dtype() {
        return value.dtype();
    }

    public Device device() {
        return value.device();
    }

    /// The value of a scalar result, for example a loss; waits for the device.
    public double item() {
        return value.item();
    }

    /// Whether backward computes a gradient for this value.
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /// Whether this is a leaf: not the result of a recorded operation.
    public boolean isLeaf() {
        return node == null;
    }

    /// The operation that made this value, or null for a leaf.
    public OpSpec op() {
        return node == null ? null : node.spec;
    }

    /// The inputs of the operation that made this value (absent ones left out); empty for a leaf.
    public List<Var> parents() {
        return node == null ? List.of() : java.util.Arrays.stream(node.parents).filter(p -> p != null).toList();
    }

    /// The backward half of the operation that made this value: what it keeps alive are its record components. Null for
    /// a leaf, and once [#backward] has consumed it.
    public Pullback pullback() {
        return node == null ? null : node.pullback;
    }

    /// The same value without its history.
    public Var detach() {
        return of(value);
    }

    /// The gradient that [#backward] left here, or null: leaves have one, other values after [#retainGrad].
    public NDArray grad() {
        return hasGrad ? grad : null;
    }

    /// Asks backward to leave a copy of the gradient here, though this is not a leaf.
    public Var retainGrad() {
        retainsGrad = true;
        return this;
    }

    /// Forgets the gradient; its memory is kept for the next one.
    public void clearGrad() {
        hasGrad = false;
    }

    /// Computes the gradient of this scalar with respect to every leaf it depends on, adding to gradients that are
    /// there already. Consumes the graph: a second call needs a second forward pass.
    ///
    /// @throws GraphException if this is no scalar, depends on no leaf, or was consumed before
    public void backward() {
        if (value.size() != 1) {
            throw new GraphException("backward: needs a scalar, but this value is %s; reduce it to a loss first, or "
                    + "give the gradient of every element with backward(dy)", shape());
        }
        backward(NDArray.full(shape(), 1, dtype(), device()));
    }

    /// As [#backward()], from a given gradient of this value.
    public void backward(NDArray dy) {
        if (!dy.shape().equals(shape())) {
            throw new GraphException("backward: the gradient %s must have the shape of the value, %s", dy.shape(),
                    shape());
        }
        if (!requiresGrad) {
            throw new GraphException("backward: this value %s depends on no leaf that wants a gradient (recording "
                    + "was off, or all inputs are constants)", shape());
        }
        new Backward().run(this, dy);
    }

    Node node() {
        return node;
    }

    boolean retainsGrad() {
        return retainsGrad;
    }

    /// Where a contribution to the gradient of this leaf goes. Its memory is the garbage collector's: it outlives
    /// scopes, like the parameter itself.
    Target leafTarget() {
        if (grad == null) {
            grad = Scope.outside(() -> emptyLike(value));
        }
        var target = new Target(grad, hasGrad ? Write.ADD : Write.SET);
        hasGrad = true;
        return target;
    }

    void keepGrad(NDArray dy) {
        grad = dy.copy();
        hasGrad = true;
    }

    /// An array for the gradient of `value`: same shape, type and kind of layout.
    static NDArray emptyLike(NDArray value) {
        Layout layout = value.layout() instanceof Layout.Blocked b
                ? Layout.Blocked.of(value.shape(), b.lanes(), b.halo())
                : Layout.Strided.of(value.shape());
        return NDArray.empty(value.shape(), value.dtype(), layout, value.device());
    }

    @Override
    public String toString() {
        return "Var(" + value + (node == null ? "" : ", " + node.spec.opName()) + ")";
    }
}
