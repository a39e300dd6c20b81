/// Differentiable operations on [Var]s, a file per family, forward and backward side by side.
///
/// Every operation does four things in this order: check the shapes with its spec, allocate the result, compute with
/// the device's kernels, and remember a [Pullback]. There is no tape: the graph is the chain of pullbacks, and dies
/// with its last reference. Gradients of gradients are not supported.
package dev.sextant.autograd;
