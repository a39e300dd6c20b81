/// How a CUDA device is to compute: with which library, precision and algorithms.
package dev.sextant.kernels.settings;
