package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.UnarySpec;

/// Element-wise functions over contiguous runs: the common ones through [Loops], the others by [RareFunctions].
final class Unary {
    private Unary() {
    }

    /// `y[i] = f(x[i])`; source and destination may be the same run.
    static void apply(UnarySpec f, float[] x, int xo, float[] y, int yo, int n) {
        float a = (float) f.a();
        float b = (float) f.b();
        switch (f.kind()) {
            case IDENTITY -> System.arraycopy(x, xo, y, yo, n);
            case RELU -> Loops.relu(x, xo, y, yo, n);
            case SIGMOID -> Loops.sigmoid(x, xo, y, yo, n);
            case TANH -> Loops.tanh(x, xo, y, yo, n);
            case SCALED_TANH -> Loops.scaledTanh(a, b, x, xo, y, yo, n);
            case HARDTANH, CLIP -> Loops.clamp(a, b, x, xo, y, yo, n);
            case EXP -> Loops.exp(x, xo, y, yo, n);
            case SQUARE -> Loops.square(x, xo, y, yo, n);
            case SQRT -> Loops.sqrt(x, xo, y, yo, n);
            case NEG -> Loops.scale(-1f, x, xo, y, yo, n);
            case AFFINE -> Loops.affine(a, b, x, xo, y, yo, n);
            default -> {
                for (int i = 0; i < n; i++) {
                    y[yo + i] = (float) RareFunctions.value(f, x[xo + i]);
                }
            }
        }
    }

    /// `dx[i] (+)= f′·dy[i]`, where `s` is the output for functions that use it, else the input.
    static void backward(UnarySpec f, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo, int n,
            boolean adds) {
        float a = (float) f.a();
        float b = (float) f.b();
        switch (f.kind()) {
            case RELU -> {
                if (adds) {
                    Loops.reluBackwardAdd(s, so, dy, dyo, dx, dxo, n);
                } else {
                    Loops.reluBackward(s, so, dy, dyo, dx, dxo, n);
                }
            }
            case SIGMOID -> {
                if (adds) {
                    Loops.sigmoidBackwardAdd(s, so, dy, dyo, dx, dxo, n);
                } else {
                    Loops.sigmoidBackward(s, so, dy, dyo, dx, dxo, n);
                }
            }
            case TANH -> {
                if (adds) {
                    Loops.tanhBackwardAdd(s, so, dy, dyo, dx, dxo, n);
                } else {
                    Loops.tanhBackward(s, so, dy, dyo, dx, dxo, n);
                }
            }
            case SCALED_TANH -> {
                if (adds) {
                    Loops.scaledTanhBackwardAdd(a, b, s, so, dy, dyo, dx, dxo, n);
                } else {
                    Loops.scaledTanhBackward(a, b, s, so, dy, dyo, dx, dxo, n);
                }
            }
            case IDENTITY -> Loops.copy(dy, dyo, dx, dxo, n, adds);
            default -> {
                for (int i = 0; i < n; i++) {
                    float g = (float) (RareFunctions.slope(f, s[so + i]) * dy[dyo + i]);
                    dx[dxo + i] = adds ? dx[dxo + i] + g : g;
                }
            }
        }
    }
}
