/// What a backend implements. **Unstable**: this interface may change with any release.
///
/// The rules, stated once:
///
/// - Methods take [dev.sextant.engine.NDArray]s whose shapes the op has already checked with its spec; a kernel does
///   not check shapes again.
/// - Forward methods overwrite their output. Backward methods write through a [Target]: [Write#SET] overwrites (the
///   first contribution to a gradient), [Write#ADD] adds (every later one). The caller decides, in a fixed order.
/// - Kernels never allocate results. What a backend wants to keep from forward to backward it returns as an [Aux].
/// - Every CPU backend gives the same bits for any number of threads.
/// - A kernel accepts any strides and, on the backend that made it, any blocked layout.
package dev.sextant.engine.spi;
