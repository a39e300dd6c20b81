/// Networks as ONNX files.
package dev.sextant.cli.onnx;
