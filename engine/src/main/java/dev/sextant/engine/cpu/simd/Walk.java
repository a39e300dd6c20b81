package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;

/// How several arrays are run through side by side: axes that lie together in all of them are merged, what remains is
/// rows (the last axis) under an outer index. Arrays of extent 1 along an axis, or without it, stand still there.
final class Walk {
    /// Elements worth a chunk of their own.
    private static final int CHUNK = 1 << 14;
    private final int rank;
    private final int[] dims;
    private final int[][] steps;
    private final int[] base;

    /// What happens to one row: `at[a]` is where array `a` starts, and [Walk#step] how far apart its elements lie.
    @FunctionalInterface
    interface Row {
        void run(int[] at, int n);
    }

    /// Runs through `shape`; the arrays broadcast to it.
    Walk(Shape shape, NDArray... arrays) {
        int count = arrays.length;
        base = new int[count];
        int full = shape.rank();
        int[] d = new int[Math.max(1, full)];
        int[][] s = new int[count][Math.max(1, full)];
        int[][] own = new int[count][];
        for (int a = 0; a < count; a++) {
            NDArray plain = arrays[a].plain();
            base[a] = HostStorage.start(plain);
            own[a] = ((Layout.Strided) plain.layout()).strides();
        }
        int r = 0;
        for (int axis = 0; axis < full; axis++) {
            int extent = shape.dim(axis);
            if (extent == 1) {
                continue;
            }
            boolean merges = r > 0;
            for (int a = 0; a < count; a++) {
                int mine = axis - (full - arrays[a].rank());
                int step = mine < 0 || arrays[a].dim(mine) == 1 ? 0 : own[a][mine];
                s[a][r] = step;
                merges &= r > 0 && s[a][r - 1] == step * extent;
            }
            if (merges) {
                d[r - 1] *= extent;
                for (int a = 0; a < count; a++) {
                    s[a][r - 1] = s[a][r];
                }
            } else {
                d[r++] = extent;
            }
        }
        if (r == 0) {
            d[r++] = 1;
        }
        rank = r;
        dims = d;
        steps = s;
    }

    /// Distance between the elements of a row of array `a`.
    int step(int a) {
        return dims[rank - 1] == 1 ? 1 : steps[a][rank - 1];
    }

    /// Whether the rows of all arrays are contiguous.
    boolean dense() {
        for (int a = 0; a < base.length; a++) {
            if (step(a) != 1) {
                return false;
            }
        }
        return true;
    }

    /// Runs `row` over everything; the chunks depend on the shape alone.
    void run(Workers workers, Row row) {
        int inner = dims[rank - 1];
        int outer = 1;
        for (int i = 0; i < rank - 1; i++) {
            outer *= dims[i];
        }
        if ((long) outer * inner == 0) {
            return;
        }
        if (outer == 1) {
            int chunks = Math.ceilDiv(inner, CHUNK);
            workers.run(chunks, c -> {
                int from = c * CHUNK;
                int[] at = base.clone();
                for (int a = 0; a < at.length; a++) {
                    at[a] += from * steps[a][rank - 1];
                }
                row.run(at, Math.min(CHUNK, inner - from));
            });
            return;
        }
        int rows = outer;
        int perChunk = Math.max(1, CHUNK / inner);
        workers.run(Math.ceilDiv(rows, perChunk), c -> {
            int[] at = new int[base.length];
            for (int r = c * perChunk; r < Math.min(rows, (c + 1) * perChunk); r++) {
                locate(r, at);
                row.run(at, inner);
            }
        });
    }

    private void locate(int index, int[] at) {
        System.arraycopy(base, 0, at, 0, at.length);
        int rest = index;
        for (int axis = rank - 2; axis >= 0 && rest > 0; axis--) {
            int i = rest % dims[axis];
            rest /= dims[axis];
            for (int a = 0; a < at.length; a++) {
                at[a] += i * steps[a][axis];
            }
        }
    }
}
