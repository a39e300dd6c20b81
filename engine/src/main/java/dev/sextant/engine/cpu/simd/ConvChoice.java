package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;

/// Decides which algorithm computes a convolution: a function of settings, shapes and layouts, and of whether forms of
/// the weights are kept.
///
/// | `conv`          | algorithm                                                                          |
/// |-----------------|------------------------------------------------------------------------------------|
/// | `naive`         | [NaiveConv]                                                                        |
/// | `im2col`        | [Im2col]                                                                           |
/// | `implicit-gemm` | one of the forms of [SimdConv]                                                     |
/// | `winograd`      | [Winograd] wherever it can be computed, else as `implicit-gemm`                    |
/// | `auto`          | [Winograd] where precision `fast` allows it and [#cost] predicts it to be faster   |
final class ConvChoice {
    /// What a transform costs for a number of its result, in multiply-adds of a product: of an input or a gradient, of
    /// a product turned back into pixels, of a weight. Measured on an AVX-512 server core (see bench/LOG.md).
    private static final int SPREAD = 16;
    private static final int GATHER = 11;
    private static final int WEIGHT = 25;
    /// The same for the filter gradient, both of whose transforms go through the third-level cache.
    private static final int SPREAD_BOTH = 40;
    /// What packing a weight, or reading one that is kept, costs.
    private static final int PACK = 10;
    /// Tiles are multiplied in groups of about this many.
    private static final int GROUP = 12;

    private static final ConvAlgorithm NAIVE = new NaiveConv();
    private static final ConvAlgorithm IM2COL = new Im2col();
    private static final Winograd[] FORMS = VectorSupport.ON ? forms() : new Winograd[0];

    private ConvChoice() {
    }

    private static Winograd[] forms() {
        return new Winograd[] {new Winograd(new Points6(), 4, 3), new Winograd(new Points5(), 3, 3),
            new Winograd(new Points7(), 3, 5)};
    }

    /// Whether activations may be kept in blocks: the plain algorithms read rows.
    static boolean blocks(CpuSettings settings) {
        return !settings.conv().equals("naive") && !settings.conv().equals("im2col");
    }

    /// The algorithm, or null for an implicit product in one of its forms.
    ///
    /// @param x the input, or its gradient
    /// @param w the filter, or its gradient
    /// @param y the result, or its gradient
    static ConvAlgorithm of(CpuSettings settings, Conv2dSpec spec, NDArray x, NDArray w, NDArray y) {
        return choose(settings, spec, x, w, y, SPREAD * w.dim(1) + GATHER * w.dim(0));
    }

    /// The algorithm for the gradient of the data.
    static ConvAlgorithm ofData(CpuSettings settings, Conv2dSpec spec, NDArray dx, NDArray w, NDArray dz) {
        return choose(settings, spec, dx, w, dz, SPREAD * w.dim(0) + GATHER * w.dim(1));
    }

    /// The algorithm for the gradient of the filter.
    static ConvAlgorithm ofFilter(CpuSettings settings, Conv2dSpec spec, NDArray x, NDArray dw, NDArray dz) {
        return choose(settings, spec, x, dw, dz, SPREAD_BOTH * (dw.dim(0) + dw.dim(1)));
    }

    /// @param perTile what the transforms cost for a position of a tile
    private static ConvAlgorithm choose(CpuSettings settings, Conv2dSpec spec, NDArray x, NDArray w, NDArray y,
            int perTile) {
        return switch (settings.conv()) {
            case "naive" -> NAIVE;
            case "im2col" -> IM2COL;
            case "winograd" -> applies(spec, x, w, y) ? winograd(w, y, perTile, Double.POSITIVE_INFINITY) : null;
            case "auto" -> settings.precision() == Precision.FAST && applies(spec, x, w, y)
                    ? winograd(w, y, perTile, direct(w, y))
                    : null;
            default -> null;
        };
    }

    private static boolean applies(Conv2dSpec spec, NDArray x, NDArray w, NDArray y) {
        return BlockedView.is(x) && BlockedView.is(y) && spec.groups() == 1 && spec.stride().equals(Pair.ONE)
                && spec.dilation().equals(Pair.ONE) && w.dim(2) == w.dim(3) && w.isContiguous();
    }

    private static Winograd winograd(NDArray w, NDArray y, int perTile, double least) {
        Winograd best = null;
        for (Winograd form : FORMS) {
            double cost = form.r() == w.dim(2) ? cost(form, w, y, perTile) : Double.POSITIVE_INFINITY;
            if (cost < least) {
                least = cost;
                best = form;
            }
        }
        return best;
    }

    private static double direct(NDArray w, NDArray y) {
        return (double) w.size() * ((double) y.dim(0) * y.dim(2) * y.dim(3) + PACK);
    }

    /// Multiply-adds, the transforms counted as so many of them. For the gradient of the data the tiles are those of
    /// `x`, which has nearly the size of `y`.
    private static double cost(Winograd form, NDArray w, NDArray y, int perTile) {
        double tiles = form.grid(y.dim(0), y.dim(2), y.dim(3)).tiles();
        double multiplied = Math.ceil(tiles / GROUP) * GROUP + (w.storage().keepsForms() ? PACK : WEIGHT);
        return form.positions() * ((double) w.dim(0) * w.dim(1) * multiplied + tiles * perTile);
    }
}
