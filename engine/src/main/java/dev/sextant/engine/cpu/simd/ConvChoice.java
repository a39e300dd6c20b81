package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;

/// Which algorithm computes a convolution: a function of settings, shapes and layouts alone.
final class ConvChoice {
    private static final Winograd[] FORMS = VectorSupport.ON ? forms() : new Winograd[0];

    private ConvChoice() {
    }

    private static Winograd[] forms() {
        Points six = new Points6();
        return new Winograd[] {new Winograd(six, 4, 3), new Winograd(new Points5(), 3, 3), new Winograd(six, 2, 5)};
    }

    /// The form of Winograd's convolution to use, or null for none.
    ///
    /// @param x the blocked array on the input's side, or its gradient
    /// @param y the one on the result's side
    static Winograd winograd(CpuSettings settings, Conv2dSpec spec, NDArray x, NDArray w, NDArray y) {
        boolean wanted = settings.conv().equals("winograd");
        if (settings.precision() != Precision.FAST || !wanted || !BlockedView.is(x) || !BlockedView.is(y)
                || spec.groups() != 1 || w.dim(2) != w.dim(3)
                || !spec.stride().equals(Pair.ONE) || !spec.dilation().equals(Pair.ONE) || !w.isContiguous()) {
            return null;
        }
        Winograd best = null;
        double least = wanted ? Double.POSITIVE_INFINITY : direct(x, w, y);
        for (Winograd form : FORMS) {
            double cost = form.r() == w.dim(2) ? cost(form, x, w, y) : Double.POSITIVE_INFINITY;
            if (cost < least) {
                least = cost;
                best = form;
            }
        }
        return best;
    }

    private static double direct(NDArray x, NDArray w, NDArray y) {
        return (double) w.size() * y.dim(0) * y.dim(2) * y.dim(3);
    }

    private static double cost(Winograd form, NDArray x, NDArray w, NDArray y) {
        double tiles = form.grid(y.dim(0), y.dim(2), y.dim(3)).tiles();
        return form.positions() * (tiles * x.dim(1) * y.dim(1) + 80 * tiles * (x.dim(1) + y.dim(1))
                + 40 * (double) x.dim(1) * y.dim(1));
    }
}
