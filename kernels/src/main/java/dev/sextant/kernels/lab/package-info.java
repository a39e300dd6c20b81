/// Looking at kernels without a GPU: `gpu-lab` runs one on the simulator and reports what it did. All numbers are
/// simulated.
package dev.sextant.kernels.lab;
