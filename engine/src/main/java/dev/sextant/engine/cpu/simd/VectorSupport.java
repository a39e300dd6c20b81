package dev.sextant.engine.cpu.simd;

import java.lang.System.Logger.Level;

/// Whether the Vector API can be used here, decided once. Classes that mention the Vector API are touched only where
/// [#ON] holds, so that without the module everything runs on plain loops.
///
/// The system property `sextant.lanes` (1, 8 or 16) forces a narrower form; tests and comparisons use it.
final class VectorSupport {
    /// Floats per vector: 16 (AVX-512), 8 (AVX2), or 1 for plain loops.
    static final int LANES = decide();
    /// Whether the Vector API is used.
    static final boolean ON = LANES > 1;

    private VectorSupport() {
    }

    private static int decide() {
        int wanted = Integer.getInteger("sextant.lanes", 16);
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            System.getLogger("dev.sextant.engine").log(Level.INFO,
                    "simd: plain loops, since the Vector API is not there; start java with "
                            + "--add-modules jdk.incubator.vector for the fast kernels");
            return 1;
        }
        int there = VectorProbe.preferredLanes();
        int lanes = Math.min(wanted, there);
        return lanes >= 16 ? 16 : lanes >= 8 ? 8 : 1;
    }

    /// For people: what was chosen, and why.
    static String describe() {
        return switch (LANES) {
            case 16 -> "Vector API, 16 lanes (AVX-512)";
            case 8 -> "Vector API, 8 lanes (AVX2)";
            default -> ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()
                    ? "plain loops (no --add-modules jdk.incubator.vector)"
                    : "plain loops (vectors of fewer than 8 floats)";
        };
    }
}
