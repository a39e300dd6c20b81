/// The training loop, its events and its checkpoints.
package dev.sextant.nn.train;
