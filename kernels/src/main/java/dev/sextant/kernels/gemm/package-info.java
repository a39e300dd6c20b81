/// Matrix products on the device: the problem as the kernels see it, and the rungs of the SGEMM ladder.
package dev.sextant.kernels.gemm;
