package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.UnarySpec;

/// Element by element.
public interface PointwiseKernels {

    /// Every element of `y` becomes `value`.
    void fill(double value, NDArray y);

    /// `y (+)= x` for equal shapes, any layouts and strides: what turns views into copies and gathers their gradients.
    void copy(NDArray x, NDArray y, Write write);

    /// Places `from … from+length−1` of one axis of `x` go to places `to …` of the same axis of `y`; the other axes are
    /// equal. A backend whose layouts have no views of every such range does better than this.
    default void copyRange(NDArray x, int from, NDArray y, int to, int length, int axis, Write write) {
        copy(x.narrow(axis, from, length), y.narrow(axis, to, length), write);
    }

    /// `y = f(x)`.
    void unary(UnarySpec spec, NDArray x, NDArray y);

    /// `dx (+)= f′·dy`. `spec.kind().usesOutput()` tells whether `y` or `x` is given; the other is null.
    void unaryBackward(UnarySpec spec, NDArray x, NDArray y, NDArray dy, Target dx);

    /// `y = a ∘ b`, broadcast.
    void binary(BinarySpec spec, NDArray a, NDArray b, NDArray y);

    /// Gradients of [#binary], summed over broadcast axes.
    void binaryBackward(BinarySpec spec, NDArray a, NDArray b, NDArray dy, Target da, Target db);

    /// `y = condition ≠ 0 ? a : b`, all three broadcast.
    void where(NDArray condition, NDArray a, NDArray b, NDArray y);

    /// Gradients of [#where], summed over broadcast axes.
    void whereBackward(NDArray condition, NDArray dy, Target da, Target db);

    /// `y = x·mask/(1 − p)`; element `i` (logical row-major index) is kept where
    /// `Philox(seed, stream)[i] ≥ p`, the same on every backend.
    void dropout(DropoutSpec spec, NDArray x, NDArray y);

    /// Gradient of [#dropout]: the mask is drawn again.
    void dropoutBackward(DropoutSpec spec, NDArray dy, Target dx);
}
