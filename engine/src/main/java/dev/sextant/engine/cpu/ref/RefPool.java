package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.PoolKernels;
import dev.sextant.engine.spi.Target;

/// Pooling window by window. Backward looks at the input again, so nothing is kept between the passes.
interface RefPool extends PoolKernels {

    @Override
    default Keeps poolKeeps(Pool2dSpec spec) {
        return spec.kind() == PoolKind.MAX ? Keeps.X : Keeps.NOTHING;
    }

    @Override
    default Aux pool2d(Pool2dSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        forEachWindow(y, (n, c, p, q) -> y.set(n, c, p, q, pool(spec.kind(), x, n, c, Window.of(spec, x, p, q))));
        return null;
    }

    @Override
    default void pool2dBackward(Pool2dSpec spec, NDArray dys, NDArray xs, NDArray ys, Aux aux, Target target) {
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(spec.kind() == PoolKind.MAX ? xs : target.array());
        Sums dx = Sums.of(target);
        forEachWindow(dy,
                (n, c, p, q) -> unpool(spec.kind(), x, n, c, Window.of(spec, x, p, q), dy.get(n, c, p, q), dx));
        dx.store();
    }

    @Override
    default void pool2dIndices(Pool2dSpec spec, NDArray xs, NDArray indices) {
        Cells x = Cells.of(xs);
        Cells winners = Cells.of(indices);
        forEachWindow(winners, (n, c, p, q) -> winners.set(n, c, p, q, winner(x, n, c, Window.of(spec, x, p, q))));
    }

    @Override
    default Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec) {
        return spec.kind() == PoolKind.MAX ? Keeps.X : Keeps.NOTHING;
    }

    @Override
    default Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        forEachWindow(y, (n, c, p, q) -> y.set(n, c, p, q, pool(spec.kind(), x, n, c, Window.of(spec, x, p, q))));
        return null;
    }

    @Override
    default void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dys, NDArray xs, NDArray ys, Aux aux,
            Target target) {
        Cells dy = Cells.of(dys);
        Cells x = Cells.of(spec.kind() == PoolKind.MAX ? xs : target.array());
        Sums dx = Sums.of(target);
        forEachWindow(dy,
                (n, c, p, q) -> unpool(spec.kind(), x, n, c, Window.of(spec, x, p, q), dy.get(n, c, p, q), dx));
        dx.store();
    }

    @Override
    default void adaptivePool2dIndices(AdaptivePool2dSpec spec, NDArray xs, NDArray indices) {
        Cells x = Cells.of(xs);
        Cells winners = Cells.of(indices);
        forEachWindow(winners, (n, c, p, q) -> winners.set(n, c, p, q, winner(x, n, c, Window.of(spec, x, p, q))));
    }

    /// The real pixels under one output position: rows `top, top+stepH, … < bottom`, columns alike.
    ///
    /// @param divisor what an average divides by
    record Window(int top, int bottom, int stepH, int left, int right, int stepW, int divisor) {

        static Window of(Pool2dSpec spec, Cells x, int p, int q) {
            int top = p * spec.stride().h() - spec.pad().h();
            int left = q * spec.stride().w() - spec.pad().w();
            int stepH = spec.dilation().h();
            int stepW = spec.dilation().w();
            int bottom = top + stepH * (spec.kernel().h() - 1) + 1;
            int right = left + stepW * (spec.kernel().w() - 1) + 1;
            // With padding counted, the divisor is the window clipped to the padded image (in ceil mode the last
            // window may reach beyond it).
            int padded = count(top, Math.min(bottom, x.dim(2) + spec.pad().h()), stepH)
                    * count(left, Math.min(right, x.dim(3) + spec.pad().w()), stepW);
            int firstH = top < 0 ? top + (-top + stepH - 1) / stepH * stepH : top;
            int firstW = left < 0 ? left + (-left + stepW - 1) / stepW * stepW : left;
            int lastH = Math.min(bottom, x.dim(2));
            int lastW = Math.min(right, x.dim(3));
            int real = count(firstH, lastH, stepH) * count(firstW, lastW, stepW);
            return new Window(firstH, lastH, stepH, firstW, lastW, stepW, spec.countIncludePad() ? padded : real);
        }

        static Window of(AdaptivePool2dSpec spec, Cells x, int p, int q) {
            int top = AdaptivePool2dSpec.start(p, x.dim(2), spec.output().h());
            int bottom = AdaptivePool2dSpec.end(p, x.dim(2), spec.output().h());
            int left = AdaptivePool2dSpec.start(q, x.dim(3), spec.output().w());
            int right = AdaptivePool2dSpec.end(q, x.dim(3), spec.output().w());
            return new Window(top, bottom, 1, left, right, 1, (bottom - top) * (right - left));
        }

        private static int count(int first, int end, int step) {
            return Math.max(0, (end - first + step - 1) / step);
        }
    }

    private static double pool(PoolKind kind, Cells x, int n, int c, Window window) {
        if (kind == PoolKind.MAX) {
            int at = winner(x, n, c, window);
            return x.get(n, c, at / x.dim(3), at % x.dim(3));
        }
        double sum = 0;
        for (int h = window.top; h < window.bottom; h += window.stepH) {
            for (int w = window.left; w < window.right; w += window.stepW) {
                sum += x.get(n, c, h, w);
            }
        }
        return sum / window.divisor;
    }

    private static void unpool(PoolKind kind, Cells x, int n, int c, Window window, double dy, Sums dx) {
        if (kind == PoolKind.MAX) {
            int at = winner(x, n, c, window);
            dx.add(n, c, at / x.dim(3), at % x.dim(3), dy);
            return;
        }
        for (int h = window.top; h < window.bottom; h += window.stepH) {
            for (int w = window.left; w < window.right; w += window.stepW) {
                dx.add(n, c, h, w, dy / window.divisor);
            }
        }
    }

    /// Position `h·W + w` of the first maximum in row-major order; a NaN beats everything.
    private static int winner(Cells x, int n, int c, Window window) {
        int at = window.top * x.dim(3) + window.left;
        double best = Double.NEGATIVE_INFINITY;
        for (int h = window.top; h < window.bottom; h += window.stepH) {
            for (int w = window.left; w < window.right; w += window.stepW) {
                double v = x.get(n, c, h, w);
                if (v > best || Double.isNaN(v)) {
                    best = v;
                    at = h * x.dim(3) + w;
                }
            }
        }
        return at;
    }

    /// Visits one output position.
    @FunctionalInterface
    interface Visit {
        void at(int n, int c, int p, int q);
    }

    private static void forEachWindow(Cells y, Visit visit) {
        for (int n = 0; n < y.dim(0); n++) {
            for (int c = 0; c < y.dim(1); c++) {
                for (int p = 0; p < y.dim(2); p++) {
                    for (int q = 0; q < y.dim(3); q++) {
                        visit.at(n, c, p, q);
                    }
                }
            }
        }
    }
}
