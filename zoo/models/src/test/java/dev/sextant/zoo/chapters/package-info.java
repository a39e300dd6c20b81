/// The book's chapters on convolutional networks, network and training, written against the public API: what a reader
/// of d2l.ai would type. Each is as short as the Python.
package dev.sextant.zoo.chapters;
