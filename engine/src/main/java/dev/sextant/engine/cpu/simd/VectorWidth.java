package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The species that the element-wise loops use; loaded only where the Vector API is there.
final class VectorWidth {
    static final VectorSpecies<Float> S = VectorSupport.LANES == 16 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;

    private VectorWidth() {
    }
}
