package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.GraphException;
import dev.sextant.engine.op.CustomSpec;
import dev.sextant.engine.trace.Trace;

/// An operation of one's own: it is recorded, differentiated, gradient-checked, traced and named in errors and
/// summaries like the built-in ones. Write it as a record whose components are its attributes:
///
/// ```java
/// record Cube() implements Function {
///     public String opName() { return "cube"; }
///
///     public Result forward(NDArray... inputs) {
///         NDArray x = inputs[0];
///         NDArray y = …;                                       // x³
///         return new Result(y, new Grad(Saved.of(x)));
///     }
///
///     record Grad(Saved x) implements Pullback {
///         public void pull(NDArray dy, Sink sink) { … }        // 3x²·dy into sink.target(0)
///     }
/// }
/// Var y = new Cube().apply(x);
/// ```
public interface Function extends CustomSpec {

    /// A computed value, and how gradients flow back to the inputs.
    record Result(NDArray value, Pullback pullback) {
    }

    /// Computes the operation; inputs come in the order given to [#apply] and must not be written.
    Result forward(NDArray... inputs);

    /// Applies the operation to inputs that live on one device.
    default Var apply(Var... inputs) {
        NDArray[] values = new NDArray[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            values[i] = inputs[i].value().requireLive(opName());
            values[0].requireSameDevice(opName(), values[i]);
        }
        if (values.length == 0) {
            throw new GraphException("%s: needs at least one input", opName());
        }
        Result result = Trace.operation(this, values[0].device(), () -> forward(values), values);
        return Var.result(this, result.value(), result.pullback(), inputs);
    }
}
