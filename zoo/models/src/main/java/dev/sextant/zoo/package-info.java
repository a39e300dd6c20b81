/// The classic networks, one file each, in the editions that people compare with: *book* is "Dive into Deep Learning"
/// (d2l.ai, second Chinese / first English edition), trained on Fashion-MNIST.
package dev.sextant.zoo;
