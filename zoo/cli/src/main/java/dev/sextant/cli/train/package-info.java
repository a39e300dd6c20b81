/// Runs a training from its settings to its last line.
package dev.sextant.cli.train;
