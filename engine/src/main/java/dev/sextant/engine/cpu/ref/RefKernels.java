package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.spi.Kernels;

/// The oracle's kernels. Each family is an interface whose default methods hold the loops, so that a step into
/// `kernels.conv2d(…)` lands in [RefConv], in front of the loop.
final class RefKernels implements Kernels, RefGemm, RefConv, RefPool, RefNorm, RefPointwise, RefReduce, RefIndex,
        RefLoss, RefOptimizer {
}
