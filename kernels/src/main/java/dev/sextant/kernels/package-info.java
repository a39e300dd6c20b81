/// The `cuda` backend: device kernels written by hand, launched through JCuda's driver API.
package dev.sextant.kernels;
