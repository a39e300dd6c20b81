package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The vector twins of [ScalarMath], operation for operation.
final class VectorMath {
    private VectorMath() {
    }

    static FloatVector exp(FloatVector x) {
        FloatVector highest = FloatVector.broadcast(S, ScalarMath.EXP_HIGHEST);
        FloatVector lowest = FloatVector.broadcast(S, ScalarMath.EXP_LOWEST);
        FloatVector v = x.blend(highest, x.compare(VectorOperators.GT, highest));
        v = v.blend(lowest, v.compare(VectorOperators.LT, lowest));
        FloatVector rounded = v.fma(FloatVector.broadcast(S, ScalarMath.LOG2_E),
                FloatVector.broadcast(S, ScalarMath.ROUNDER));
        FloatVector n = rounded.sub(ScalarMath.ROUNDER);
        FloatVector r = n.fma(FloatVector.broadcast(S, -ScalarMath.LN2_HIGH), v);
        r = n.fma(FloatVector.broadcast(S, -ScalarMath.LN2_LOW), r);
        FloatVector p = r.fma(FloatVector.broadcast(S, ScalarMath.E0), FloatVector.broadcast(S, ScalarMath.E1));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E2));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E3));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E4));
        p = p.fma(r, FloatVector.broadcast(S, ScalarMath.E5));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = rounded.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return p.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    private static FloatVector powerOfTwo(IntVector exponent) {
        return exponent.lanewise(VectorOperators.LSHL, 23).add(0x3F800000).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        return FloatVector.broadcast(S, 1f).div(exp(x.neg()).add(1f));
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector size = x.abs();
        FloatVector z = x.mul(x);
        FloatVector p = z.fma(FloatVector.broadcast(S, ScalarMath.T0), FloatVector.broadcast(S, ScalarMath.T1));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T2));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T3));
        p = p.fma(z, FloatVector.broadcast(S, ScalarMath.T4));
        FloatVector small = p.mul(z).fma(x, x);
        FloatVector one = FloatVector.broadcast(S, 1f);
        FloatVector large = one.sub(FloatVector.broadcast(S, 2f).div(exp(size.add(size)).add(1f)));
        large = large.reinterpretAsInts().or(x.reinterpretAsInts().and(0x80000000)).reinterpretAsFloats();
        return large.blend(small, size.compare(VectorOperators.LT, ScalarMath.TANH_SMALL));
    }
}
