package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;

/// Asks the machine for its vector width; loaded only where the Vector API is there.
final class VectorProbe {
    private VectorProbe() {
    }

    static int preferredLanes() {
        return FloatVector.SPECIES_PREFERRED.length();
    }
}
