package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OptimizerSpec;
import java.util.List;

/// Parameter updates, one fused pass in place.
public interface OptimizerKernels {

    /// Updates `param` and `state` in place from `grad`.
    ///
    /// @param step  1 for the first update
    /// @param state the arrays that [OptimizerSpec#stateNames] lists, in that order, shaped like the parameter and
    ///              zero before step 1
    void optimize(OptimizerSpec spec, long step, NDArray param, NDArray grad, List<NDArray> state);

    /// `Σ x²` of one array, for gradient clipping.
    double sumOfSquares(NDArray x);
}
