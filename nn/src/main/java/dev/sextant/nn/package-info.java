/// Layers. A layer holds parameters and a spec, and calls its operation: `Conv2d.forward` → `Convolution.conv2d` → the
/// device's kernel.
///
/// Shapes are lazy: a layer is written with its outputs only (`new Conv2d(64, 3)`), and learns its inputs when the
/// model is initialised for an input shape. Names of parameters and children are PyTorch's.
package dev.sextant.nn;
