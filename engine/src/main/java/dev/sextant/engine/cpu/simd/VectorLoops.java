package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Bodies of the element-wise loops in [Loops]: each does as many whole vectors as fit and returns how many elements
/// that were. One flat method per loop. Helpers that take or give vectors are not always inlined, and then every vector is an object; but
/// for [VectorMath], whose callers see to it (`fits` in [Loops]), there are none.
final class VectorLoops {
    private VectorLoops() {
    }

    static int relu(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.blend(0f, xv.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
        }
        return end;
    }

    static int sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            VectorMath.sigmoid(xv).intoArray(y, yo + i);
        }
        return end;
    }

    static int tanh(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            VectorMath.tanh(xv).intoArray(y, yo + i);
        }
        return end;
    }

    static int scaledTanh(float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            VectorMath.tanh(xv.mul(b)).mul(a).intoArray(y, yo + i);
        }
        return end;
    }

    static int exp(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            VectorMath.exp(xv).intoArray(y, yo + i);
        }
        return end;
    }

    static int square(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.mul(xv).intoArray(y, yo + i);
        }
        return end;
    }

    static int sqrt(float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.sqrt().intoArray(y, yo + i);
        }
        return end;
    }

    static int scale(float a, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.mul(a).intoArray(y, yo + i);
        }
        return end;
    }

    static int scaleAdd(float a, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(xv.mul(a)).intoArray(y, yo + i);
        }
        return end;
    }

    static int affine(float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.fma(FloatVector.broadcast(S, a), FloatVector.broadcast(S, b)).intoArray(y, yo + i);
        }
        return end;
    }

    static int clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector v = xv.blend(low, xv.compare(VectorOperators.LT, low));
            v.blend(high, v.compare(VectorOperators.GT, high)).intoArray(y, yo + i);
        }
        return end;
    }

    static int add(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            xv.add(zv).intoArray(y, yo + i);
        }
        return end;
    }

    static int addAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(xv.add(zv)).intoArray(y, yo + i);
        }
        return end;
    }

    static int sub(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            xv.sub(zv).intoArray(y, yo + i);
        }
        return end;
    }

    static int subAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(xv.sub(zv)).intoArray(y, yo + i);
        }
        return end;
    }

    static int mul(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            xv.mul(zv).intoArray(y, yo + i);
        }
        return end;
    }

    static int mulAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(xv.mul(zv)).intoArray(y, yo + i);
        }
        return end;
    }

    static int div(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            xv.div(zv).intoArray(y, yo + i);
        }
        return end;
    }

    static int divAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(xv.div(zv)).intoArray(y, yo + i);
        }
        return end;
    }

    static int reluBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            zv.blend(0f, xv.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
        }
        return end;
    }

    static int reluBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(zv.blend(0f, xv.compare(VectorOperators.LE, 0f))).intoArray(y, yo + i);
        }
        return end;
    }

    static int sigmoidBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            zv.mul(xv).mul(FloatVector.broadcast(S, 1f).sub(xv)).intoArray(y, yo + i);
        }
        return end;
    }

    static int sigmoidBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(zv.mul(xv).mul(FloatVector.broadcast(S, 1f).sub(xv))).intoArray(y, yo + i);
        }
        return end;
    }

    static int tanhBackward(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            zv.mul(xv.neg().fma(xv, FloatVector.broadcast(S, 1f))).intoArray(y, yo + i);
        }
        return end;
    }

    static int tanhBackwardAdd(float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(zv.mul(xv.neg().fma(xv, FloatVector.broadcast(S, 1f)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int scaledTanhBackward(float a, float b, float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            zv.mul(xv.mul(-b).fma(xv.mul(1 / a), FloatVector.broadcast(S, a * b))).intoArray(y, yo + i);
        }
        return end;
    }

    static int scaledTanhBackwardAdd(float a, float b, float[] x, int xo, float[] z, int zo, float[] y, int yo,
            int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            before.add(zv.mul(xv.mul(-b).fma(xv.mul(1 / a), FloatVector.broadcast(S, a * b)))).intoArray(y, yo + i);
        }
        return end;
    }

    static int normalize(float m, float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            xv.sub(m).fma(FloatVector.broadcast(S, a), FloatVector.broadcast(S, b)).intoArray(y, yo + i);
        }
        return end;
    }

    static int normalizeRelu(float m, float a, float b, float[] x, int xo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector v = xv.sub(m).fma(FloatVector.broadcast(S, a), FloatVector.broadcast(S, b));
            v.blend(0f, v.compare(VectorOperators.LE, 0f)).intoArray(y, yo + i);
        }
        return end;
    }

    static int centredCombine(float m, float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y,
            int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector result = xv.sub(m).fma(FloatVector.broadcast(S, a),
                    zv.fma(FloatVector.broadcast(S, b), FloatVector.broadcast(S, c)));
            result.intoArray(y, yo + i);
        }
        return end;
    }

    static int centredCombineAdd(float m, float a, float b, float c, float[] x, int xo, float[] z, int zo,
            float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            FloatVector result = xv.sub(m).fma(FloatVector.broadcast(S, a),
                    zv.fma(FloatVector.broadcast(S, b), FloatVector.broadcast(S, c)));
            before.add(result).intoArray(y, yo + i);
        }
        return end;
    }

    static int combine(float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector result = xv.fma(FloatVector.broadcast(S, a),
                    zv.fma(FloatVector.broadcast(S, b), FloatVector.broadcast(S, c)));
            result.intoArray(y, yo + i);
        }
        return end;
    }

    static int combineAdd(float a, float b, float c, float[] x, int xo, float[] z, int zo, float[] y, int yo, int n) {
        int end = S.loopBound(n);
        for (int i = 0; i < end; i += S.length()) {
            FloatVector xv = FloatVector.fromArray(S, x, xo + i);
            FloatVector zv = FloatVector.fromArray(S, z, zo + i);
            FloatVector before = FloatVector.fromArray(S, y, yo + i);
            FloatVector result = xv.fma(FloatVector.broadcast(S, a),
                    zv.fma(FloatVector.broadcast(S, b), FloatVector.broadcast(S, c)));
            before.add(result).intoArray(y, yo + i);
        }
        return end;
    }
}
