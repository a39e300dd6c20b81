package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.spi.UnsupportedKernels;

/// Joins the oracle's kernel families.
final class RefKernels extends UnsupportedKernels {
    RefKernels() {
        super("ref");
    }
}
