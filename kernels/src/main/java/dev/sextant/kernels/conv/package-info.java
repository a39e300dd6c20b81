/// Convolutions on the device: the problem as the kernels see it, and the rungs of the convolution ladder.
package dev.sextant.kernels.conv;
