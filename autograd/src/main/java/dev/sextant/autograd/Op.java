package dev.sextant.autograd;

import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;

/// What every operation does around its kernel call.
final class Op {
    private Op() {
    }

    /// Checks that the inputs (null for absent ones) are alive, floating, of one type and on one device, and returns
    /// that device's kernels.
    static Kernels kernels(OpSpec spec, Var first, Var... rest) {
        NDArray x = first.value().requireLive(spec.opName());
        if (!x.dtype().isFloating()) {
            throw new DTypeException("%s: needs a floating array, but got %s; use x.cast(DType.FLOAT32)",
                    spec.opName(), x);
        }
        for (Var other : rest) {
            if (other != null) {
                NDArray o = other.value().requireLive(spec.opName());
                x.requireSameDevice(spec.opName(), o);
                if (o.dtype() != x.dtype()) {
                    throw new DTypeException("%s: element types differ, %s and %s; use x.cast(…)", spec.opName(), x, o);
                }
            }
        }
        return x.device().kernels();
    }

    /// An array for the result, in the layout the backend wants.
    static NDArray result(OpSpec spec, Shape shape, NDArray first, NDArray... rest) {
        return resultIn(null, spec, shape, first, rest);
    }

    /// `place`, if that is where the result can lie: shaped like it, and blocked as the backend would block it; else an
    /// array of its own.
    static NDArray resultIn(NDArray place, OpSpec spec, Shape shape, NDArray first, NDArray... rest) {
        NDArray[] inputs = new NDArray[rest.length + 1];
        inputs[0] = first;
        System.arraycopy(rest, 0, inputs, 1, rest.length);
        Device device = first.device();
        Layout layout = device.backend().layoutFor(spec, shape, inputs);
        boolean fits = place != null && place.shape().equals(shape) && place.dtype() == first.dtype()
                && place.device().equals(device) && place.layout() instanceof Layout.Blocked there
                && layout instanceof Layout.Blocked own && there.lanes() == own.lanes() && there.halo() == own.halo();
        return fits ? place.requireLive(spec.opName()) : NDArray.empty(shape, first.dtype(), layout, device);
    }

    /// Checks that an activation can be fused: its derivative must come from the output, the only thing that is kept.
    static void requireFusable(String op, UnarySpec activation) {
        if (!activation.kind().usesOutput()) {
            throw new GraphException("%s: the activation %s cannot be fused, since its derivative needs its input; "
                    + "apply it afterwards, Pointwise.unary(spec, y)", op, activation.opName());
        }
    }

    /// The gradient before a fused activation, from the gradient after it: `dz = act′·dy`. Without an activation that
    /// is `dy` itself.
    static NDArray beforeActivation(UnarySpec activation, Saved y, NDArray dy, String op, Sink sink) {
        if (activation.isIdentity()) {
            return dy;
        }
        NDArray dz = roomBeforeActivation(y.get(op), dy, sink);
        dy.device().kernels().unaryBackward(activation, null, y.get(op), dy, Target.set(dz));
        return dz;
    }

    /// Where the gradient before an activation can go: over `dy`, if that is nobody else's.
    static NDArray roomBeforeActivation(NDArray y, NDArray dy, Sink sink) {
        return sink.mayOverwrite() ? dy : Var.emptyLike(y);
    }

    /// Gives back what was allocated for the gradient before an activation.
    static void done(NDArray dz, NDArray dy) {
        if (dz != dy) {
            dz.storage().release("backward, which had consumed this gradient");
        }
    }

    static NDArray value(Var v) {
        return v == null ? null : v.value();
    }
}
