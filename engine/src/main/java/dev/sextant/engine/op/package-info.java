/// Operation specs: attributes, shape inference and operation counts, without tensors. **Shape logic lives here and
/// nowhere else**: layers, summaries, kernels and benchmarks all ask the spec.
///
/// Notation: input `[N, C, H, W]`, filter `[K, C/groups, R, S]`, output `[N, K, P, Q]`; pairs are `(h, w)`.
package dev.sextant.engine.op;
