package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import java.util.Arrays;

/// Convolution of few pixels by many weights, as at the end of a network that looks at one image: the time is that of
/// reading the weights, so it is done like a linear layer ([DotProduct]), which reads several filters side by side. A row
/// of the product is the patch of a pixel, `[tap][source channel]`, whole vectors of a blocked source.
final class DotConv extends MatrixProduct {
    private static final int LANES = BlockedView.LANES;
    /// Fewest weights that are worth it.
    private static final int MANY = 1 << 14;

    private final Conv2dSpec spec;
    private final BlockedView x;
    private final BlockedView y;
    private final int[] tapH;
    private final int[] tapW;

    private DotConv(Conv2dSpec spec, BlockedView x, BlockedView y, int[] tapH, int[] tapW, KeptFloats weights) {
        super(y.images() * y.height() * y.width(), y.channels(), tapH.length * x.blocks() * LANES, null, 0, 0, 0,
                weights.data(), weights.base(), 1, tapH.length * x.blocks() * LANES);
        this.spec = spec;
        this.x = x;
        this.y = y;
        this.tapH = tapH;
        this.tapW = tapW;
        c = y.data();
    }

    /// Whether the layer is of this kind, and its weights lie in that order or may be kept so.
    static boolean suits(NDArray x, NDArray w, NDArray y) {
        boolean inPlace = w.dim(2) * w.dim(3) == 1 && w.dim(1) % LANES == 0 && w.isContiguous();
        return y.dim(0) * y.dim(2) * y.dim(3) <= DotProduct.MOST_ROWS && w.size() >= MANY && BlockedView.is(x)
                && w.dim(1) * w.dim(2) * w.dim(3) >= 8 * LANES && (inPlace || Panels.owner(w) != null);
    }

    static void forward(Workers workers, Conv2dSpec spec, NDArray xs, NDArray w, BlockedConv.Epilogue epilogue,
            BlockedView y) {
        var x = BlockedView.of(xs);
        DotProduct.run(workers, new DotConv(spec, x, y, Taps.rows(spec, w), Taps.columns(spec, w), weights(w)));
        int pixels = y.height() * y.width();
        for (int n = 0; n < y.images(); n++) {
            y.clearPadding(y.blocks() - 1, y.at(n, y.blocks() - 1), pixels);
            for (int block = 0; block < y.blocks(); block++) {
                epilogue.apply(y, n, block, 0, pixels);
            }
        }
    }

    private record Form() {
    }

    /// `[result channel][tap][source channel]`, source channels in whole vectors.
    private static KeptFloats weights(NDArray w) {
        var from = Strides.of(w);
        int taps = w.dim(2) * w.dim(3);
        int channels = w.dim(1);
        if (taps == 1 && channels % LANES == 0) {
            return new KeptFloats(from.data(), from.base());
        }
        int tap = Math.ceilDiv(channels, LANES) * LANES;
        return w.storage().form(new Form(), () -> {
            var kept = KeptFloats.of(w.dim(0) * taps * tap);
            for (int row = 0; row < w.dim(0) * taps; row++) {
                int source = from.base() + row / taps * channels * taps + row % taps;
                for (int c = 0; c < channels; c++) {
                    kept.data()[kept.base() + row * tap + c] = from.data()[source + c * taps];
                }
            }
            return kept;
        });
    }

    @Override
    void packRow(int i, int depth, int lanes, float[] to, int at, int step) {
        int pixels = y.height() * y.width();
        int h = i % pixels / y.width() * spec.stride().h();
        int v = i % y.width() * spec.stride().w();
        int image = x.at(i / pixels, 0);
        for (int t = 0; t < tapH.length; t++) {
            int row = h + tapH[t];
            int column = v + tapW[t];
            boolean inside = row >= 0 && row < x.height() && column >= 0 && column < x.width();
            int from = image + (row * x.width() + column) * LANES;
            for (int block = 0; block < x.blocks(); block++, at += step) {
                if (inside) {
                    System.arraycopy(x.data(), from + block * x.plane(), to, at, LANES);
                } else {
                    Arrays.fill(to, at, at + LANES, 0);
                }
            }
        }
    }

    @Override
    int rowPlace(int i) {
        int pixels = y.height() * y.width();
        return y.at(i / pixels, 0) + i % pixels * LANES;
    }

    @Override
    int columnOffset(int j) {
        return j / LANES * y.plane() + j % LANES;
    }
}
