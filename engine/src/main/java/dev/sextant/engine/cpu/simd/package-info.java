/// The fast CPU path, and the only package that may see the Vector API. Never calls the oracle.
package dev.sextant.engine.cpu.simd;
