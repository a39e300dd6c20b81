package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import java.util.Arrays;

/// Where the taps of a filter fall, flattened over `(r, s)`.
final class Taps {
    private Taps() {
    }

    /// Row of every tap relative to the window's origin in the unpadded image.
    static int[] rows(Conv2dSpec spec, NDArray w) {
        int[] h = new int[w.dim(2) * w.dim(3)];
        Arrays.setAll(h, t -> t / w.dim(3) * spec.dilation().h() - spec.pad().h());
        return h;
    }

    /// Column of every tap.
    static int[] columns(Conv2dSpec spec, NDArray w) {
        int[] v = new int[w.dim(2) * w.dim(3)];
        Arrays.setAll(v, t -> t % w.dim(3) * spec.dilation().w() - spec.pad().w());
        return v;
    }

    /// Offset of every tap in the weights.
    static int[] offsets(Strides filter, NDArray w) {
        int[] o = new int[w.dim(2) * w.dim(3)];
        Arrays.setAll(o, t -> t / w.dim(3) * filter.step()[2] + t % w.dim(3) * filter.step()[3]);
        return o;
    }

    /// The taps that reach the input pixels of one phase: `h[t]`, `w[t]` are added to the pixel's number within the
    /// phase to give the result pixel that the tap connects it with.
    record Phase(int[] h, int[] w, int[] offset) {
        int count() {
            return offset.length;
        }
    }

    /// The taps of the pixels `(phaseH + i·stride, phaseW + j·stride)`.
    static Phase phase(Conv2dSpec spec, NDArray w, Strides filter, int phaseH, int phaseW) {
        int taps = w.dim(2) * w.dim(3);
        int[] h = new int[taps];
        int[] v = new int[taps];
        int[] o = new int[taps];
        int n = 0;
        for (int r = 0; r < w.dim(2); r++) {
            int reachH = phaseH + spec.pad().h() - r * spec.dilation().h();
            for (int s = 0; s < w.dim(3); s++) {
                int reachW = phaseW + spec.pad().w() - s * spec.dilation().w();
                if (reachH % spec.stride().h() == 0 && reachW % spec.stride().w() == 0) {
                    h[n] = reachH / spec.stride().h();
                    v[n] = reachW / spec.stride().w();
                    o[n++] = r * filter.step()[2] + s * filter.step()[3];
                }
            }
        }
        return new Phase(Arrays.copyOf(h, n), Arrays.copyOf(v, n), Arrays.copyOf(o, n));
    }
}
