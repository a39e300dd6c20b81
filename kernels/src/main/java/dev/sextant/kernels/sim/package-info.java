/// The simulator: a stand-in for the NVIDIA driver library that runs the kernels' own sources on the CPU, one fiber per
/// CUDA thread, and watches them. Everything it says is simulated.
package dev.sextant.kernels.sim;
