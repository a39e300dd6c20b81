package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.ConvKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.trace.Trace;

/// Convolutions, by the algorithm that [ConvChoice] chooses or else by one of four forms of the same sums:
///
/// - blocked arrays (from 16 channels on): [BlockedConv] and [BlockedFilter], vectors over channels;
/// - row-major arrays with few channels: [BatchConv], vectors over images, or [RowConv], along the rows of few images;
/// - anything else: a [Product] per group, vectors over pixels; see [PatchProduct] and [FilterProduct].
///
/// Which one is a function of shapes, layouts and instruction set alone.
interface SimdConv extends ConvKernels, SimdPointwise {
    /// Image groups into which the filter gradient is cut when it is small; the groups are summed in order.
    int FILTER_GROUPS = 16;
    /// Largest filter gradient that is computed in groups.
    int SMALL_FILTER = 1 << 15;
    /// The forms' names in traces; the third is `implicit-gemm` with its tile.
    String BLOCKED = "blocked direct";
    /// See [PlanarFilter].
    String FIRST_LAYER = "blocked, taps of a row-major source";
    /// See [BatchConv].
    String OVER_IMAGES = "direct over images";
    /// See [RowConv].
    String ALONG_ROWS = "direct along rows";

    @Override
    default void conv2d(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        ConvAlgorithm chosen = ConvChoice.of(settings(), spec, x, w, y);
        if (chosen != null) {
            Trace.chose(chosen::toString);
            chosen.forward(this, spec, x, w, bias, y);
            return;
        }
        if (BlockedView.is(y) && spec.groups() == 1) {
            Trace.chose(() -> BLOCKED);
            BlockedConv.forward(workers(), spec, x, w, bias, null, y);
            return;
        }
        Plain result = Plain.of(y);
        if (BatchConv.suits(spec, x.dim(0), x.dim(1), w.dim(0))) {
            Trace.chose(() -> OVER_IMAGES);
            BatchConv.forward(workers(), spec, x, w, bias, result.array());
        } else if (RowConv.suits(spec, x, w, y)) {
            Trace.chose(() -> ALONG_ROWS);
            RowConv.forward(workers(), spec, x, w, bias, result.array());
        } else {
            Trace.chose(() -> Tiles.named("implicit-gemm", w.dim(0) / spec.groups(), x.dim(0) * y.dim(2) * y.dim(3)));
            byPatches(spec, x, w, bias, result.array());
        }
        result.store(this);
    }

    private void byPatches(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        var from = Strides.of(x);
        var filter = Strides.of(w);
        var to = Strides.into(y);
        int groups = spec.groups();
        int sourceChannels = w.dim(1);
        int resultChannels = w.dim(0) / groups;
        int taps = w.dim(2) * w.dim(3);
        for (int g = 0; g < groups; g++) {
            var p = new PatchProduct(resultChannels, x.dim(0) * y.dim(2) * y.dim(3), sourceChannels, taps);
            source(p, x, from, g * sourceChannels);
            grid(p, y, to, g * resultChannels);
            p.gridH = y.dim(2);
            p.gridW = y.dim(3);
            p.stepH = spec.stride().h();
            p.stepW = spec.stride().w();
            p.tapH = Taps.rows(spec, w);
            p.tapW = Taps.columns(spec, w);
            p.w = filter.data();
            p.wBase = filter.base() + g * resultChannels * filter.step()[0];
            p.wResult = filter.step()[0];
            p.wSource = filter.step()[1];
            p.wTap = Taps.offsets(filter, w);
            p.addBias(bias, g * resultChannels, true);
            p.activation = spec.activation();
            PackedGemm.run(workers(), p);
        }
    }

    private static void source(PatchProduct p, NDArray x, Strides from, int firstChannel) {
        p.x = from.data();
        p.xImage = from.step()[0];
        p.xChannel = from.step()[1];
        p.xRow = from.step()[2];
        p.xColumn = from.step()[3];
        p.xBase = from.base() + firstChannel * p.xChannel;
        p.height = x.dim(2);
        p.width = x.dim(3);
    }

    private static void grid(PatchProduct p, NDArray y, Strides to, int firstChannel) {
        p.c = to.data();
        p.cImage = to.step()[0];
        p.cRowStride = to.step()[1];
        p.cRow = to.step()[2];
        p.cColumn = to.step()[3];
        p.cBase = to.base() + firstChannel * p.cRowStride;
    }

    /// Input pixel `(h, w)` gets `Σ dz[p, q]·w[r, s]` over the taps with `p·stride = h + pad − r·dilation`. With a
    /// stride, which taps those are depends only on `(h + pad) mod stride`: each such phase is a product of its own
    /// over every stride-th pixel, and no multiplication by an inserted zero is done.
    @Override
    default void conv2dBackwardData(Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        ConvAlgorithm chosen = ConvChoice.ofData(settings(), spec, dx.array(), w, dz);
        if (chosen != null) {
            Trace.chose(chosen::toString);
            chosen.backwardData(this, spec, dz, w, dx);
            return;
        }
        if (BlockedView.is(dx.array()) && spec.groups() == 1) {
            Trace.chose(() -> BLOCKED);
            BlockedConv.backwardData(workers(), spec, dz, w, dx);
            return;
        }
        Plain result = Plain.of(dx);
        if (BatchConv.suits(spec, dz.dim(0), w.dim(1), w.dim(0)) && BatchConv.suitsBackward(spec, w)) {
            Trace.chose(() -> OVER_IMAGES);
            BatchConv.backwardData(workers(), spec, dz, w, result.target());
        } else {
            Trace.chose(() -> "implicit-gemm per phase of the stride");
            dataByPatches(spec, dz, w, result.target());
        }
        result.store(this);
    }

    private void dataByPatches(Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        for (int phaseH = 0; phaseH < Math.min(spec.stride().h(), dx.array().dim(2)); phaseH++) {
            for (int phaseW = 0; phaseW < Math.min(spec.stride().w(), dx.array().dim(3)); phaseW++) {
                dataPhase(spec, dz, w, dx, phaseH, phaseW);
            }
        }
    }

    private void dataPhase(Conv2dSpec spec, NDArray dz, NDArray w, Target dx, int phaseH, int phaseW) {
        NDArray result = dx.array();
        int strideH = spec.stride().h();
        int strideW = spec.stride().w();
        int groups = spec.groups();
        int resultChannels = w.dim(1);
        int sourceChannels = w.dim(0) / groups;
        int gridH = Math.ceilDiv(result.dim(2) - phaseH, strideH);
        int gridW = Math.ceilDiv(result.dim(3) - phaseW, strideW);
        var from = Strides.of(dz);
        var filter = Strides.of(w);
        var to = Strides.into(result);
        Taps.Phase taps = Taps.phase(spec, w, filter, phaseH, phaseW);
        for (int g = 0; g < groups; g++) {
            var p = new PatchProduct(resultChannels, result.dim(0) * gridH * gridW, sourceChannels, taps.count());
            source(p, dz, from, g * sourceChannels);
            grid(p, result, to, g * resultChannels);
            p.cBase += phaseH * p.cRow + phaseW * p.cColumn;
            p.cRow *= strideH;
            p.cColumn *= strideW;
            p.gridH = gridH;
            p.gridW = gridW;
            p.stepH = 1;
            p.stepW = 1;
            p.tapH = taps.h();
            p.tapW = taps.w();
            p.w = filter.data();
            p.wBase = filter.base() + g * sourceChannels * filter.step()[0];
            p.wResult = filter.step()[1];
            p.wSource = filter.step()[0];
            p.wTap = taps.offset();
            p.add = dx.adds();
            PackedGemm.run(workers(), p);
        }
    }

    @Override
    default void conv2dBackwardFilter(Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        ConvAlgorithm chosen = ConvChoice.ofFilter(settings(), spec, x, dw.array(), dz);
        if (chosen != null) {
            Trace.chose(chosen::toString);
            chosen.backwardFilter(this, spec, dz, x, dw);
            return;
        }
        Plain plain = Plain.of(dw);
        Target result = plain.target();
        if (BlockedView.is(dz) && spec.groups() == 1 && !BlockedView.is(x) && x.dim(1) < BlockedView.LANES) {
            Trace.chose(() -> FIRST_LAYER);
            PlanarFilter.run(workers(), spec, dz, x, result);
        } else if ((BlockedView.is(dz) || BlockedView.is(x)) && spec.groups() == 1) {
            Trace.chose(() -> BLOCKED);
            BlockedFilter.run(workers(), spec, BlockedMoves.blocked(workers(), dz), BlockedMoves.blocked(workers(), x),
                    result);
        } else if (BatchConv.suits(spec, x.dim(0), x.dim(1), dz.dim(1))) {
            Trace.chose(() -> OVER_IMAGES);
            BatchConv.backwardFilter(workers(), spec, dz, x, result);
        } else {
            Trace.chose(() -> Tiles.named("implicit-gemm", dz.dim(1) / spec.groups(),
                    (int) (dw.array().size() / Math.max(1, dz.dim(1)))));
            for (int g = 0; g < spec.groups(); g++) {
                filterGroup(spec, dz, x, result, g);
            }
        }
        plain.store(this);
    }

    private void filterGroup(Conv2dSpec spec, NDArray dz, NDArray x, Target dw, int g) {
        NDArray w = dw.array();
        int m = w.dim(0) / spec.groups();
        int n = w.dim(1) * w.dim(2) * w.dim(3);
        int images = x.dim(0);
        NDArray dense = w.isContiguous() ? w : null;
        int parts = (long) m * n <= SMALL_FILTER ? Math.clamp(images, 1, FILTER_GROUPS) : 1;
        if (parts == 1 && dense != null) {
            var p = filterProduct(spec, dz, x, w, g, 0, images);
            var to = Strides.into(w);
            p.c = to.data();
            p.cBase = to.base() + g * m * n;
            p.cRowStride = n;
            p.add = dw.adds();
            PackedGemm.run(workers(), p);
            return;
        }
        float[] partials = Scratch.ofThread().floats(Scratch.PARTIALS, parts * m * n);
        workers().run(parts, part -> {
            int first = part * images / parts;
            var p = filterProduct(spec, dz, x, w, g, first, (part + 1) * images / parts - first);
            p.c = partials;
            p.cBase = part * m * n;
            p.cRowStride = n;
            PackedGemm.run(workers(), p);
        });
        Partials.combine(workers(), partials, parts, m * n, w, g * m, dw.adds());
    }

    private static FilterProduct filterProduct(Conv2dSpec spec, NDArray dz, NDArray x, NDArray w, int g, int firstImage,
            int images) {
        int m = w.dim(0) / spec.groups();
        var p = new FilterProduct(m, w.dim(1), w.dim(2) * w.dim(3), images * dz.dim(2) * dz.dim(3));
        var z = Strides.of(dz);
        p.dz = z.data();
        p.dzImage = z.step()[0];
        p.dzChannel = z.step()[1];
        p.dzRow = z.step()[2];
        p.dzColumn = z.step()[3];
        p.dzBase = z.base() + firstImage * p.dzImage + g * m * p.dzChannel;
        p.gridH = dz.dim(2);
        p.gridW = dz.dim(3);
        var from = Strides.of(x);
        p.x = from.data();
        p.xImage = from.step()[0];
        p.xChannel = from.step()[1];
        p.xRow = from.step()[2];
        p.xColumn = from.step()[3];
        p.xBase = from.base() + firstImage * p.xImage + g * w.dim(1) * p.xChannel;
        p.height = x.dim(2);
        p.width = x.dim(3);
        p.stepH = spec.stride().h();
        p.stepW = spec.stride().w();
        p.tapH = Taps.rows(spec, w);
        p.tapW = Taps.columns(spec, w);
        return p;
    }

    @Override
    default void conv2dBackwardBias(Conv2dSpec spec, NDArray dz, Target dbias) {
        if (BlockedView.is(dz)) {
            BlockedBias.backward(workers(), UnarySpec.IDENTITY, dz, null, dz, dbias);
        } else {
            ChannelSums.sumChannels(workers(), dz, dbias);
        }
    }
}
