/// The engines that Sextant is compared with, each in a process of its own: PyTorch through DJL, and ONNX Runtime.
package dev.sextant.peers;
