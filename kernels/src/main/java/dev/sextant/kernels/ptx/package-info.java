/// The kernels as PTX text: what the jar ships, and how it is made from the `.cu` sources.
package dev.sextant.kernels.ptx;
