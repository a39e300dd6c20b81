package dev.sextant.autograd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.spi.Target;

/// Where a pullback writes the gradients of its operation's inputs, numbered as `Var.result` got them.
public interface Sink {

    /// Whether anybody needs the gradient of that input.
    boolean wants(int parent);

    /// Where to write the gradient of that input, and whether to set or add; null if nobody needs it. Ask for each
    /// input at most once, and write what you asked for.
    Target target(int parent);

    /// Whether `dy` is needed by nobody else, so that the pullback may use its memory.
    boolean mayOverwrite();

    /// Gives an input a gradient that exists already: `dy` itself or a view of it, not to be written afterwards.
    void pass(int parent, NDArray gradient);

    /// Gives an input a view of `dy` that overlaps with nothing else that is passed or given; more may be added to it there.
    void give(int parent, NDArray part);
}
