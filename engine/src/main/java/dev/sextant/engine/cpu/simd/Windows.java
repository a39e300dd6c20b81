package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;
import java.util.ArrayList;

/// The real pixels under every output position of a pooling, per axis: rows `top[p], top[p]+stepH, … < bottom[p]`,
/// and what an average divides by: `divisorH[p]·divisorW[q]`, or the pixels themselves where those are counted.
record Windows(int[] top, int[] bottom, int stepH, int[] left, int[] right, int stepW, int[] divisorH,
        int[] divisorW) {

    int rows() {
        return top.length;
    }

    int columns() {
        return left.length;
    }

    /// Real rows under output row `p`.
    int taps(int p) {
        return count(top[p], bottom[p], stepH);
    }

    private static int count(int first, int end, int step) {
        return Math.max(0, Math.ceilDiv(end - first, step));
    }

    /// Neighbouring output columns whose windows have equally many real columns, one `stride` after the other.
    ///
    /// @param first   the first of them
    /// @param left    where its window begins
    /// @param divisor `divisorW` of all of them
    record Run(int first, int count, int left, int stride, int taps, int divisor) {
    }

    /// All output columns: with padding, the border's and the others.
    Run[] runs() {
        var runs = new ArrayList<Run>();
        for (int q = 0; q < columns();) {
            int end = q + 1;
            int stride = end < columns() ? left[end] - left[q] : 0;
            while (end < columns() && left[end] - left[end - 1] == stride && isLike(q, end)) {
                end++;
            }
            runs.add(new Run(q, end - q, left[q], stride, count(left[q], right[q], stepW), divisorW[q]));
            q = end;
        }
        return runs.toArray(Run[]::new);
    }

    private boolean isLike(int a, int b) {
        return right[a] - left[a] == right[b] - left[b] && divisorW[a] == divisorW[b];
    }

    /// Whether the windows are 2 × 2 pixels side by side, none of them cut off.
    boolean areQuarters() {
        return isHalves(top, bottom, stepH, divisorH) && isHalves(left, right, stepW, divisorW);
    }

    private static boolean isHalves(int[] first, int[] end, int step, int[] divisor) {
        int last = first.length - 1;
        return step == 1 && first[0] == 0 && end[0] == 2 && divisor[0] == 2 && first[last] == 2 * last
                && end[last] == 2 * last + 2 && divisor[last] == 2;
    }

    static Windows of(Pool2dSpec spec, NDArray x, NDArray y) {
        int p = y.dim(2);
        int q = y.dim(3);
        var w = new Windows(new int[p], new int[p], spec.dilation().h(), new int[q], new int[q], spec.dilation().w(),
                new int[p], new int[q]);
        boolean padded = spec.countIncludePad();
        axis(w.top, w.bottom, w.divisorH, spec.kernel().h(), spec.stride().h(), spec.pad().h(), w.stepH, x.dim(2),
                padded);
        axis(w.left, w.right, w.divisorW, spec.kernel().w(), spec.stride().w(), spec.pad().w(), w.stepW, x.dim(3),
                padded);
        return w;
    }

    /// With padding counted, a window is clipped to the padded image only (in ceil mode the last one may reach
    /// beyond it).
    private static void axis(int[] first, int[] end, int[] divisor, int kernel, int stride, int pad, int dilation,
            int extent, boolean padded) {
        for (int i = 0; i < first.length; i++) {
            int from = i * stride - pad;
            int to = from + dilation * (kernel - 1) + 1;
            first[i] = from < 0 ? from + Math.ceilDiv(-from, dilation) * dilation : from;
            end[i] = Math.min(to, extent);
            int counted = padded ? Math.ceilDiv(Math.min(to, extent + pad) - from, dilation)
                    : Math.ceilDiv(end[i] - first[i], dilation);
            divisor[i] = Math.max(0, counted);
        }
    }

    static Windows of(AdaptivePool2dSpec spec, NDArray x) {
        int p = spec.output().h();
        int q = spec.output().w();
        var w = new Windows(new int[p], new int[p], 1, new int[q], new int[q], 1, new int[p], new int[q]);
        for (int i = 0; i < p; i++) {
            w.top[i] = AdaptivePool2dSpec.start(i, x.dim(2), p);
            w.bottom[i] = AdaptivePool2dSpec.end(i, x.dim(2), p);
            w.divisorH[i] = w.bottom[i] - w.top[i];
        }
        for (int i = 0; i < q; i++) {
            w.left[i] = AdaptivePool2dSpec.start(i, x.dim(3), q);
            w.right[i] = AdaptivePool2dSpec.end(i, x.dim(3), q);
            w.divisorW[i] = w.right[i] - w.left[i];
        }
        return w;
    }
}
