package dev.sextant.bench.peak;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Fused multiply-adds as fast as the processor retires them: twelve independent chains, enough to hide a latency of
/// four cycles on two or three units, few enough to stay in registers beside the two factors.
final class FmaLoop {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;

    private FmaLoop() {
    }

    /// Floating-point operations of one step of [#run].
    static long flopsPerStep() {
        return 2L * CHAINS * S.length();
    }

    /// @param steps must be an int loop with a fixed bound, or C2 compiles it badly
    /// @return something that depends on every step
    static float run(int steps, float factor) {
        FloatVector f = FloatVector.broadcast(S, factor);
        FloatVector g = FloatVector.broadcast(S, 1 - factor);
        FloatVector a = f;
        FloatVector b = f;
        FloatVector c = f;
        FloatVector d = f;
        FloatVector e = f;
        FloatVector h = f;
        FloatVector i = f;
        FloatVector j = f;
        FloatVector k = f;
        FloatVector l = f;
        FloatVector m = f;
        FloatVector n = f;
        for (int step = 0; step < steps; step++) {
            a = a.fma(f, g);
            b = b.fma(f, g);
            c = c.fma(f, g);
            d = d.fma(f, g);
            e = e.fma(f, g);
            h = h.fma(f, g);
            i = i.fma(f, g);
            j = j.fma(f, g);
            k = k.fma(f, g);
            l = l.fma(f, g);
            m = m.fma(f, g);
            n = n.fma(f, g);
        }
        return a.add(b).add(c).add(d).add(e).add(h).add(i).add(j).add(k).add(l).add(m).add(n).lane(0);
    }
}
