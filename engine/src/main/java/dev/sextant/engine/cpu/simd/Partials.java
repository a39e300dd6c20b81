package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;

/// Sums that were computed in parts.
final class Partials {
    private static final int CHUNK = 1 << 12;

    private Partials() {
    }

    /// `target (+)= Σ_part partials[part]`, in the order of the parts, so that the bits do not depend on who computed
    /// which.
    ///
    /// @param size     elements of one part
    /// @param firstRow where along axis 0 of the target the part begins, row-major from there
    static void combine(Workers workers, float[] partials, int parts, int size, NDArray target, int firstRow,
            boolean adds) {
        float[] to = HostStorage.floats(target);
        int start = HostStorage.start(target);
        boolean dense = target.isContiguous();
        int perRow = (int) (target.size() / target.dim(0));
        workers.run(Math.ceilDiv(size, CHUNK), c -> {
            int from = c * CHUNK;
            int n = Math.min(CHUNK, size - from);
            for (int part = 1; part < parts; part++) {
                Loops.add(partials, part * size + from, partials, from, partials, from, n);
            }
            if (dense) {
                Loops.copy(partials, from, to, start + firstRow * perRow + from, n, adds);
            } else {
                scatter(partials, from, n, target, to, start, firstRow * perRow, adds);
            }
        });
    }

    private static void scatter(float[] sums, int from, int n, NDArray target, float[] to, int start, int first,
            boolean adds) {
        int[] step = ((Layout.Strided) target.layout()).strides();
        for (int i = from; i < from + n; i++) {
            int rest = first + i;
            int at = start;
            for (int axis = target.rank() - 1; axis >= 0; axis--) {
                at += rest % target.dim(axis) * step[axis];
                rest /= target.dim(axis);
            }
            to[at] = adds ? to[at] + sums[i] : sums[i];
        }
    }
}
