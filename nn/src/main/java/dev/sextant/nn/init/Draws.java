package dev.sextant.nn.init;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.random.Philox;

/// The longer ways to draw initial values. Like the short ones, pure functions of (shape, seed, stream).
final class Draws {
    private static final int MAX_ROUNDS = 255;

    private Draws() {
    }

    /// Rejection: round `r` draws a whole sequence from a stream of its own and fills the places that are still open.
    static float[] truncatedNormal(int count, long seed, long stream, double mean, double deviation, double low,
            double high) {
        if (!(low < high) || !(deviation > 0)) {
            throw new SextantException("truncated normal: needs low < high and deviation > 0, but they are %s, %s and "
                    + "%s", low, high, deviation);
        }
        float[] out = new float[count];
        boolean[] done = new boolean[count];
        int open = count;
        for (int round = 0; open > 0; round++) {
            if (round == MAX_ROUNDS) {
                throw new SextantException("truncated normal: hardly any value of mean %s and deviation %s falls into "
                        + "%s … %s; widen the bounds", mean, deviation, low, high);
            }
            // Parameters have streams below 2^32, and dropout those from 2^40 on: the rounds lie between.
            float[] draw = Philox.normal(seed, stream + ((long) round << 32), count, mean, deviation);
            for (int i = 0; i < count; i++) {
                if (!done[i] && draw[i] >= low && draw[i] <= high) {
                    out[i] = draw[i];
                    done[i] = true;
                    open--;
                }
            }
        }
        return out;
    }

    /// Gram–Schmidt, twice over for accuracy, on normal vectors: its triangular factor has a positive diagonal, which
    /// makes the result uniform over all orthogonal matrices.
    static float[] orthogonal(Shape shape, long seed, long stream, double gain) {
        if (shape.rank() < 2) {
            throw new SextantException("orthogonal: needs a weight with at least two axes, but this one is %s", shape);
        }
        int rows = shape.dim(0);
        int columns = Math.toIntExact(shape.size() / Math.max(1, rows));
        int count = Math.min(rows, columns);
        int length = Math.max(rows, columns);
        float[] normal = Philox.normal(seed, stream, count * length, 0, 1);
        double[][] q = new double[count][length];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < length; j++) {
                q[i][j] = normal[i * length + j];
            }
            for (int again = 0; again < 2; again++) {
                for (int k = 0; k < i; k++) {
                    subtract(q[i], q[k], dot(q[i], q[k]));
                }
            }
            double norm = Math.sqrt(dot(q[i], q[i]));
            for (int j = 0; j < length; j++) {
                q[i][j] /= norm;
            }
        }
        float[] out = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                out[r * columns + c] = (float) (gain * (rows <= columns ? q[r][c] : q[c][r]));
            }
        }
        return out;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void subtract(double[] a, double[] b, double times) {
        for (int i = 0; i < a.length; i++) {
            a[i] -= times * b[i];
        }
    }
}
