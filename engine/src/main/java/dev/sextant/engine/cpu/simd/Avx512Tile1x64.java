package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// 1 rows by 4 vectors of 16 columns: 4 accumulators, 4 columns of `b` and one broadcast at a time, so that
/// everything stays in 32 registers. Written out flat because the compiler keeps only named locals in registers.
final class Avx512Tile1x64 extends Tile {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    Avx512Tile1x64() {
        super(1, 64);
    }

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {
        multiply(depth, a, ao, b, bo, c, co, ldc, add);
    }

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc,
            boolean add) {
        FloatVector c0x0 = FloatVector.zero(S);
        FloatVector c0x1 = FloatVector.zero(S);
        FloatVector c0x2 = FloatVector.zero(S);
        FloatVector c0x3 = FloatVector.zero(S);
        for (int k = 0; k < depth; k++) {
            int ai = ao + k;
            int bi = bo + k * 64;
            FloatVector b0 = FloatVector.fromArray(S, b, bi);
            FloatVector b1 = FloatVector.fromArray(S, b, bi + 16);
            FloatVector b2 = FloatVector.fromArray(S, b, bi + 32);
            FloatVector b3 = FloatVector.fromArray(S, b, bi + 48);
            FloatVector a0 = FloatVector.broadcast(S, a[ai]);
            c0x0 = a0.fma(b0, c0x0);
            c0x1 = a0.fma(b1, c0x1);
            c0x2 = a0.fma(b2, c0x2);
            c0x3 = a0.fma(b3, c0x3);
        }
        if (add) {
            FloatVector.fromArray(S, c, co).add(c0x0).intoArray(c, co);
            FloatVector.fromArray(S, c, co + 16).add(c0x1).intoArray(c, co + 16);
            FloatVector.fromArray(S, c, co + 32).add(c0x2).intoArray(c, co + 32);
            FloatVector.fromArray(S, c, co + 48).add(c0x3).intoArray(c, co + 48);
        } else {
            c0x0.intoArray(c, co);
            c0x1.intoArray(c, co + 16);
            c0x2.intoArray(c, co + 32);
            c0x3.intoArray(c, co + 48);
        }
    }
}
