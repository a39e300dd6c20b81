package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.spi.Target;
import java.util.stream.IntStream;

/// The gradient of broadcasting: an operand that was repeated collects the gradients of all its copies.
final class Broadcasting {
    private Broadcasting() {
    }

    /// Gives parent `parent`, of shape `shape`, the gradient `dy` summed over the axes along which it was repeated.
    static void sumInto(Sink sink, int parent, NDArray dy, Shape shape) {
        if (!sink.wants(parent)) {
            return;
        }
        if (dy.shape().equals(shape)) {
            sink.pass(parent, dy);
            return;
        }
        NDArray sum = sum(dy, shape);
        Target target = sink.target(parent);
        dy.device().kernels().copy(sum, target.array(), target.write());
        sum.storage().release("backward, which had consumed this gradient");
    }

    /// `dy` summed down to `shape`.
    private static NDArray sum(NDArray dy, Shape shape) {
        int lead = dy.rank() - shape.rank();
        int[] axes = IntStream.range(0, dy.rank())
                .filter(i -> i < lead || shape.dim(i - lead) != dy.dim(i)).toArray();
        var spec = ReduceSpec.of(ReduceSpec.Kind.SUM, dy.shape(), true, axes);
        NDArray sum = NDArray.empty(spec.outputShape(dy.shape()), dy.dtype(), dy.device());
        dy.device().kernels().reduce(spec, dy, sum, null);
        return sum.reshape(shape.dims());
    }
}
