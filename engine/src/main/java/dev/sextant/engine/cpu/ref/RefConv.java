package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.ConvKernels;
import dev.sextant.engine.spi.Target;

/// Convolution as the formula says it: filter `k` reads the channels of its group, tap `(r, s)` of output `(p, q)`
/// reads input `(p·stride − pad + r·dilation, q·stride − pad + s·dilation)`, and what lies outside is zero.
interface RefConv extends ConvKernels {

    @Override
    default void conv2d(Conv2dSpec spec, NDArray xs, NDArray ws, NDArray biases, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells w = Cells.of(ws);
        Cells bias = Cells.of(biases);
        Cells y = Cells.of(ys);
        int channels = w.dim(1);
        int filters = y.dim(1) / spec.groups();
        for (int n = 0; n < y.dim(0); n++) {
            for (int k = 0; k < y.dim(1); k++) {
                int first = k / filters * channels;
                for (int p = 0; p < y.dim(2); p++) {
                    for (int q = 0; q < y.dim(3); q++) {
                        double sum = bias == null ? 0 : bias.get(k);
                        for (int c = 0; c < channels; c++) {
                            for (int r = 0; r < w.dim(2); r++) {
                                for (int s = 0; s < w.dim(3); s++) {
                                    int ih = row(spec, p, r);
                                    int iw = column(spec, q, s);
                                    if (inside(x, ih, iw)) {
                                        sum += x.get(n, first + c, ih, iw) * w.get(k, c, r, s);
                                    }
                                }
                            }
                        }
                        y.set(n, k, p, q, Functions.value(spec.activation(), sum));
                    }
                }
            }
        }
    }

    @Override
    default void conv2dBackwardData(Conv2dSpec spec, NDArray dzs, NDArray ws, Target target) {
        Cells dz = Cells.of(dzs);
        Cells w = Cells.of(ws);
        Cells x = Cells.of(target.array());
        Sums dx = Sums.of(target);
        forEachTap(spec, dz, w, x, (n, k, p, q, c, inGroup, r, s, ih, iw) -> dx.add(n, c, ih, iw,
                dz.get(n, k, p, q) * w.get(k, inGroup, r, s)));
        dx.store();
    }

    @Override
    default void conv2dBackwardFilter(Conv2dSpec spec, NDArray dzs, NDArray xs, Target target) {
        Cells dz = Cells.of(dzs);
        Cells x = Cells.of(xs);
        Cells w = Cells.of(target.array());
        Sums dw = Sums.of(target);
        forEachTap(spec, dz, w, x, (n, k, p, q, c, inGroup, r, s, ih, iw) -> dw.add(k, inGroup, r, s,
                dz.get(n, k, p, q) * x.get(n, c, ih, iw)));
        dw.store();
    }

    @Override
    default void conv2dBackwardBias(Conv2dSpec spec, NDArray dzs, Target target) {
        Cells dz = Cells.of(dzs);
        Sums dbias = Sums.of(target);
        for (int n = 0; n < dz.dim(0); n++) {
            for (int k = 0; k < dz.dim(1); k++) {
                for (int p = 0; p < dz.dim(2); p++) {
                    for (int q = 0; q < dz.dim(3); q++) {
                        dbias.add(k, dz.get(n, k, p, q));
                    }
                }
            }
        }
        dbias.store();
    }

    /// One product of the convolution: output `(n, k, p, q)`, tap `(r, s)`, input `(n, c, ih, iw)`, where `c` is
    /// channel `inGroup` of the filter.
    @FunctionalInterface
    interface Tap {
        void visit(int n, int k, int p, int q, int c, int inGroup, int r, int s, int ih, int iw);
    }

    /// Visits every product that the forward pass adds up.
    private static void forEachTap(Conv2dSpec spec, Cells dz, Cells w, Cells x, Tap tap) {
        int channels = w.dim(1);
        int filters = dz.dim(1) / spec.groups();
        for (int n = 0; n < dz.dim(0); n++) {
            for (int k = 0; k < dz.dim(1); k++) {
                int first = k / filters * channels;
                for (int p = 0; p < dz.dim(2); p++) {
                    for (int q = 0; q < dz.dim(3); q++) {
                        for (int c = 0; c < channels; c++) {
                            for (int r = 0; r < w.dim(2); r++) {
                                for (int s = 0; s < w.dim(3); s++) {
                                    int ih = row(spec, p, r);
                                    int iw = column(spec, q, s);
                                    if (inside(x, ih, iw)) {
                                        tap.visit(n, k, p, q, first + c, c, r, s, ih, iw);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static int row(Conv2dSpec spec, int p, int r) {
        return p * spec.stride().h() - spec.pad().h() + r * spec.dilation().h();
    }

    private static int column(Conv2dSpec spec, int q, int s) {
        return q * spec.stride().w() - spec.pad().w() + s * spec.dilation().w();
    }

    private static boolean inside(Cells x, int h, int w) {
        return h >= 0 && h < x.dim(2) && w >= 0 && w < x.dim(3);
    }
}
