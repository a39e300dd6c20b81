/// NVIDIA's cuBLAS and cuDNN behind the engine's operations: one class per family, called with device addresses.
package dev.sextant.kernels.library;
