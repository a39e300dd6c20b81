package dev.sextant.engine.cpu.simd;

/// The interpolation points behind a Winograd convolution (Toom and Cook's method): a one-dimensional convolution
/// is a product of polynomials, and a product of polynomials is found by multiplying their values at enough points.
///
/// With the points `p_0 … p_{n−2}` and infinity, `F(m, r)` computes `m` results of an `r`-tap filter from
/// `n = m + r − 1` inputs with `n` multiplications instead of `m·r`:
///
/// | step                | matrix                | here                                            |
/// |---------------------|-----------------------|-------------------------------------------------|
/// | filter `r → n`      | `G = diag(scale)·E_r` | [#filter] with `k = r`                          |
/// | inputs `n → n`      | `Bᵀ`                  | [#interpolate]                                  |
/// | products `n → m`    | `Aᵀ = E_mᵀ`           | [#gather] with `k = m`                          |
///
/// `E_k` holds the powers `p_j^i`, `i < k`; its last row, for infinity, picks the last number. Gradients use the
/// transposes. Every method transforms `lines` lines of vectors: element `i` of line `l` lies at
/// `xo + l·xLine + i·xStep`.
///
/// Fractions such as 21/32 and 3/2 as points halve the usual rounding error of 1 and 2, because no power of theirs and
/// no product of differences grows or vanishes much (Barabasz et al., "Error analysis and improving the accuracy of
/// Winograd convolution for deep neural networks", 2020).
abstract class Points {
    /// Points, infinity included.
    final int count;
    /// One over the product of a point's distances from the other finite points.
    final float[] scale;

    Points(double... finite) {
        count = finite.length + 1;
        scale = new float[count];
        for (int j = 0; j < finite.length; j++) {
            double product = 1;
            for (int i = 0; i < finite.length; i++) {
                product *= i == j ? 1 : finite[j] - finite[i];
            }
            scale[j] = (float) (1 / product);
        }
        scale[finite.length] = 1;
    }

    /// `y = Bᵀ·x`: `count` numbers to `count`.
    abstract void interpolate(float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines);

    /// `y = E_k·x`: the values at the points of the polynomial with `k` coefficients.
    abstract void evaluate(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines);

    /// `y = diag(scale)·E_k·x`.
    abstract void filter(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines);

    /// `y = E_kᵀ·x`: `count` numbers to `k`.
    abstract void gather(int k, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines);

    /// A patch of `size` numbers to `count`: [#interpolate] for as many as there are points, else [#evaluate].
    final void spread(int size, float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,
            int lines) {
        if (size == count) {
            interpolate(x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
        } else {
            evaluate(size, x, xo, xStep, xLine, y, yo, yStep, yLine, lines);
        }
    }
}
