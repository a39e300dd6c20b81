/// The layer over the CUDA driver API: probe, context, memory, transfers, modules and launches. Nothing here knows
/// what a kernel computes.
package dev.sextant.kernels.driver;
