package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.cpu.simd.Windows.Run;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// Pooling of blocked arrays as passes along rows, one vector of channels per pixel: no tails, no gathers, and no
/// loop over a window within the loop over pixels.
///
/// A maximum is taken along the columns of a window first and then over its rows. That order keeps the first winner in
/// row-major order, and rows shared by windows one above the other are searched once.
final class BlockedPool {
    private static final int LANES = BlockedView.LANES;
    /// Pixels that make a chunk worth handing out.
    private static final int CHUNK = 1 << 10;

    private final Windows win;
    private final Run[] runs;
    /// Codes of two neighbouring rows of a window are this far apart.
    private final int rowCode;

    private BlockedPool(Windows win) {
        this.win = win;
        this.runs = win.runs();
        this.rowCode = Arrays.stream(runs).mapToInt(Run::taps).max().orElse(0);
    }

    /// The winners of every window in float lanes, in the order of the output's blocks: `row·rowCode + column` among
    /// the real pixels of the window.
    record LaneWinners(NDArray codes) implements Aux {
    }

    /// Works on one plane, the `index`-th of all.
    @FunctionalInterface
    private interface Plane {
        void at(int index, int n, int block);
    }

    private static void forEachPlane(Workers workers, BlockedView x, Plane plane) {
        int planes = x.images() * x.blocks();
        int perChunk = Math.max(1, CHUNK / Math.max(1, x.height() * x.width()));
        workers.run(Math.ceilDiv(planes, perChunk), chunk -> {
            for (int i = chunk * perChunk; i < Math.min(planes, (chunk + 1) * perChunk); i++) {
                plane.at(i, i / x.blocks(), i % x.blocks());
            }
        });
    }

    static Aux forward(Workers workers, Windows win, PoolKind kind, NDArray xs, NDArray ys) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        var pool = new BlockedPool(win);
        if (kind == PoolKind.AVG) {
            forEachPlane(workers, x, (i, n, block) -> pool.average(x, x.at(n, block), y, y.at(n, block)));
            return null;
        }
        NDArray codes = NDArray.empty(Shape.of(x.images() * x.blocks() * y.plane()), DType.FLOAT32, xs.device());
        float[] winners = HostStorage.floats(codes);
        int start = HostStorage.start(codes);
        forEachPlane(workers, x, (i, n, block) -> {
            pool.maximum(x, x.at(n, block), y.data(), y.at(n, block), winners, start + i * y.plane());
            if (pool.hasEmptyWindow()) {
                y.clearPadding(block, y.at(n, block), y.height() * y.width());
            }
        });
        return new LaneWinners(codes);
    }

    /// Max pooling without winners.
    static void maxima(Workers workers, Windows win, NDArray xs, NDArray ys) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        var pool = new BlockedPool(win);
        forEachPlane(workers, x, (i, n, block) -> {
            pool.maximum(x, x.at(n, block), y.data(), y.at(n, block), null, 0);
            if (pool.hasEmptyWindow()) {
                y.clearPadding(block, y.at(n, block), y.height() * y.width());
            }
        });
    }

    static void backward(Workers workers, Windows win, PoolKind kind, NDArray dys, Aux aux, Target target) {
        var dy = BlockedView.of(dys);
        var dx = BlockedView.of(target.array());
        var pool = new BlockedPool(win);
        boolean max = kind == PoolKind.MAX;
        float[] winners = max ? HostStorage.floats(((LaneWinners) aux).codes()) : null;
        int start = max ? HostStorage.start(((LaneWinners) aux).codes()) : 0;
        forEachPlane(workers, dx, (i, n, block) -> {
            int plane = dx.at(n, block);
            if (!target.adds()) {
                Arrays.fill(dx.data(), plane, plane + dx.plane(), 0);
            }
            if (max) {
                pool.route(dy.data(), dy.at(n, block), winners, start + i * dy.plane(), dx, plane);
            } else {
                pool.spread(dy.data(), dy.at(n, block), dx, plane);
            }
        });
    }

    /// Padding and dilation may leave a window without a real pixel; its maximum is −∞.
    private boolean hasEmptyWindow() {
        for (int p = 0; p < win.rows(); p++) {
            if (win.taps(p) == 0) {
                return true;
            }
        }
        return Arrays.stream(runs).anyMatch(r -> r.taps() == 0);
    }

    /// @param winners null if nobody wants them
    private void maximum(BlockedView x, int plane, float[] y, int to, float[] winners, int at) {
        int row = win.columns() * LANES;
        int kept = 1;
        for (int p = 0; p < win.rows(); p++) {
            kept = Math.max(kept, win.bottom()[p] - win.top()[p]);
        }
        float[] best = Scratch.ofThread().floats(Scratch.WORK, kept * row);
        float[] codes = winners == null ? null : Scratch.ofThread().floats(Scratch.WORK_2, kept * row);
        int searched = 0;
        for (int p = 0; p < win.rows(); p++) {
            for (int h = Math.max(searched, win.top()[p]); h < win.bottom()[p]; h++) {
                int source = plane + h * x.width() * LANES;
                if (winners == null) {
                    maximaOfRow(x.data(), source, best, h % kept * row);
                } else {
                    searchRow(x.data(), source, best, codes, h % kept * row);
                }
            }
            searched = Math.max(searched, win.bottom()[p]);
            if (winners == null) {
                maximaOfRows(p, kept, row, best, y, to + p * row);
            } else {
                overRows(p, kept, row, best, codes, y, to + p * row, winners, at + p * row);
            }
        }
    }

    private void maximaOfRow(float[] x, int row, float[] best, int slot) {
        for (Run run : runs) {
            int from = row + run.left() * LANES;
            int to = slot + run.first() * LANES;
            if (run.taps() == 0) {
                Arrays.fill(best, to, to + run.count() * LANES, Float.NEGATIVE_INFINITY);
                continue;
            }
            for (int s = 0; s == 0 || s < run.taps() - 1; s += 2) {
                int tap = win.stepW() * LANES;
                int next = Math.min(s + 1, run.taps() - 1);
                int last = Math.min(s + 2, run.taps() - 1);
                boolean first = s == 0;
                VectorPool.maxOfThree(first ? x : best, first ? from : to, first ? run.stride() * LANES : LANES, x,
                        from + next * tap, from + last * tap, run.stride() * LANES, best, to, run.count());
            }
        }
    }

    private void maximaOfRows(int p, int kept, int row, float[] best, float[] y, int to) {
        int taps = win.taps(p);
        if (taps == 0) {
            Arrays.fill(y, to, to + row, Float.NEGATIVE_INFINITY);
            return;
        }
        for (int r = 0; r == 0 || r < taps - 1; r += 2) {
            boolean first = r == 0;
            VectorPool.maxOfThree(first ? best : y, first ? win.top()[p] % kept * row : to, LANES, best,
                    slot(p, Math.min(r + 1, taps - 1), kept) * row, slot(p, Math.min(r + 2, taps - 1), kept) * row,
                    LANES, y, to, win.columns());
        }
    }

    private int slot(int p, int tap, int kept) {
        return (win.top()[p] + tap * win.stepH()) % kept;
    }

    /// The best of every window in one row of the source, and in which of its columns.
    private void searchRow(float[] x, int row, float[] best, float[] codes, int slot) {
        for (Run run : runs) {
            int from = row + run.left() * LANES;
            int to = slot + run.first() * LANES;
            if (run.taps() == 0) {
                Arrays.fill(best, to, to + run.count() * LANES, Float.NEGATIVE_INFINITY);
                Arrays.fill(codes, to, to + run.count() * LANES, 0);
                continue;
            }
            int tap = win.stepW() * LANES;
            int stride = run.stride() * LANES;
            int second = Math.min(1, run.taps() - 1);
            int third = Math.min(2, run.taps() - 1);
            VectorPool.bestOfRow(x, from, from + second * tap, second, from + third * tap, third, stride, best, codes,
                    to, run.count());
            for (int s = 3; s < run.taps(); s++) {
                VectorPool.oneMoreOfRow(x, from + s * tap, s, stride, best, codes, to, run.count());
            }
        }
    }

    private void overRows(int p, int kept, int row, float[] best, float[] codes, float[] y, int to, float[] winners,
            int at) {
        int taps = win.taps(p);
        if (taps == 0) {
            Arrays.fill(y, to, to + row, Float.NEGATIVE_INFINITY);
            Arrays.fill(winners, at, at + row, 0);
            return;
        }
        int top = win.top()[p];
        int second = Math.min(1, taps - 1);
        int third = Math.min(2, taps - 1);
        int from = top % kept * row;
        VectorPool.bestOfRows(best, from, codes, from, best, codes, (top + second * win.stepH()) % kept * row,
                second * rowCode, (top + third * win.stepH()) % kept * row, third * rowCode, y, to, winners, at,
                win.columns());
        for (int r = 3; r < taps; r++) {
            int next = (top + r * win.stepH()) % kept * row;
            VectorPool.bestOfRows(y, to, winners, at, best, codes, next, r * rowCode, next, r * rowCode, y, to,
                    winners, at, win.columns());
        }
    }

    /// `dx[winner] += dy`: a pass for every column of a window, and three output rows at a time where as many reach the
    /// same row of `dx`.
    private void route(float[] dy, int from, float[] winners, int at, BlockedView dx, int plane) {
        int row = win.columns() * LANES;
        int p = 0;
        for (int h = 0; h < dx.height(); h++) {
            while (p < win.rows() && win.bottom()[p] <= h) {
                p++;
            }
            for (int next = p; next < win.rows() && win.top()[next] <= h;) {
                boolean three = win.stepH() == 1 && next + 2 < win.rows() && win.top()[next + 2] <= h;
                if ((h - win.top()[next]) % win.stepH() == 0) {
                    routeTo(h, next, three, dy, from + next * row, winners, at + next * row, dx,
                            plane + h * dx.width() * LANES);
                }
                next += three ? 3 : 1;
            }
        }
    }

    private int code(int h, int p) {
        return (h - win.top()[p]) / win.stepH() * rowCode;
    }

    private void routeTo(int h, int p, boolean three, float[] dy, int from, float[] winners, int at, BlockedView dx,
            int to) {
        for (Run run : runs) {
            int q = run.first() * LANES;
            for (int s = 0; s < run.taps(); s++) {
                int place = to + (run.left() + s * win.stepW()) * LANES;
                if (three) {
                    VectorPool.routeThree(dy, from + q, winners, at + q, win.columns() * LANES, code(h, p) + s,
                            code(h, p + 1) + s, code(h, p + 2) + s, dx.data(), place, run.stride() * LANES,
                            run.count());
                } else {
                    VectorPool.route(dy, from + q, winners, at + q, code(h, p) + s, dx.data(), place,
                            run.stride() * LANES, run.count());
                }
            }
        }
    }

    /// Whether there is one window, and it takes in everything.
    private boolean isGlobal(BlockedView x) {
        return win.rows() == 1 && win.columns() == 1 && win.stepH() == 1 && win.stepW() == 1
                && win.bottom()[0] - win.top()[0] == x.height() && win.right()[0] - win.left()[0] == x.width();
    }

    private void average(BlockedView x, int plane, BlockedView y, int to) {
        if (isGlobal(x)) {
            VectorPool.average(x.data(), plane, x.height() * x.width(), win.divisorH()[0] * win.divisorW()[0],
                    y.data(), to);
            return;
        }
        for (int p = 0; p < win.rows(); p++) {
            for (Run run : runs) {
                int at = to + (p * win.columns() + run.first()) * LANES;
                boolean adds = false;
                for (int r = 0; r < win.taps(p); r++) {
                    int row = plane + (win.top()[p] + r * win.stepH()) * x.width() * LANES;
                    for (int s = 0; s < run.taps(); s++) {
                        VectorBlocks.copyPixels(x.data(), row + (run.left() + s * win.stepW()) * LANES,
                                run.stride() * LANES, y.data(), at, LANES, run.count(), adds);
                        adds = true;
                    }
                }
                if (!adds) {
                    Arrays.fill(y.data(), at, at + run.count() * LANES, 0);
                }
                VectorPool.divide(y.data(), at, win.divisorH()[p] * run.divisor(), y.data(), at, run.count());
            }
        }
    }

    /// `dx += dy/divisor` over every window.
    private void spread(float[] dy, int from, BlockedView dx, int plane) {
        float[] shares = Scratch.ofThread().floats(Scratch.WORK, win.columns() * LANES);
        for (int p = 0; p < win.rows(); p++) {
            for (Run run : runs) {
                int q = (p * win.columns() + run.first()) * LANES;
                VectorPool.divide(dy, from + q, win.divisorH()[p] * run.divisor(), shares, 0, run.count());
                for (int r = 0; r < win.taps(p); r++) {
                    int row = plane + (win.top()[p] + r * win.stepH()) * dx.width() * LANES;
                    for (int s = 0; s < run.taps(); s++) {
                        VectorBlocks.copyPixels(shares, 0, LANES, dx.data(),
                                row + (run.left() + s * win.stepW()) * LANES, run.stride() * LANES, run.count(), true);
                    }
                }
            }
        }
    }
}
