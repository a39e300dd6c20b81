/// Arrays ([NDArray]), their shapes, layouts and devices, and the lexical lifetime of temporary memory ([Scope]).
///
/// One notation everywhere: activations `[N, C, H, W]`, filters `[K, C/groups, R, S]`, outputs `[N, K, P, Q]`;
/// the gradient of `x` is `dx`.
package dev.sextant.engine;
