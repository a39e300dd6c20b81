/// `gpu-check`: what an owner of a GPU runs once, to learn whether everything computes as it should there and how fast.
/// Checks run in a process of their own, so that one that fails, hangs or crashes does not stop the others.
package dev.sextant.bench.gpu;
