/// Watching operations: what ran, on what shapes, for how long.
package dev.sextant.engine.trace;
