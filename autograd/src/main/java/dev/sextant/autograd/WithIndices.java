package dev.sextant.autograd;

import dev.sextant.engine.NDArray;

/// A result that was selected, and where: int32 positions shaped like the values (for pooling `h·W + w`, for
/// reductions the position along the reduced axis, or flat over all).
public record WithIndices(Var values, NDArray indices) {
}
