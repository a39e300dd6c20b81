package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.UnarySpec;
import java.util.Arrays;

/// Convolution of many small blocked images: their rows would leave the tiles of [BlockedConv] half empty, so here the
/// pixels of a tile are the same pixel of several images. The images are turned for that, `[block][pixel][image][lane]`,
/// and back. Each tap visits only the pixels for which it does not reach into the padding, which of a 3 × 3 filter on
/// a 3 × 3 map is 49 of 81, and a stride costs nothing.
///
/// Every element is a sum of chains, one per tap (or row of taps) and range of source channels, that starts with the
/// bias.
final class SmallMapConv {
    private static final int LANES = BlockedView.LANES;
    /// Most pixels of a small map.
    private static final int PIXELS = 100;
    /// Fewest images for which the turning pays.
    private static final int IMAGES = 4;
    /// Most and fewest images in a row (they share every part of the weights), and what their number is a multiple of.
    private static final int MOST_TOGETHER = 48;
    private static final int FEWEST_TOGETHER = 12;
    private static final int STEP = 4;
    /// Chunks to aim for.
    private static final int CHUNKS = 8;
    /// Longest chain; its weights stay in the first-level cache.
    private static final int CHAIN = 128;

    /// The step and the taps of a convolution: result pixel `(p, q)` sees `(p·stepH + tapH[t], q·stepW + tapW[t])`.
    record Geometry(int gridH, int gridW, int stepH, int stepW, int[] tapH, int[] tapW) {
        int pixels() {
            return gridH * gridW;
        }

        /// The end of the taps that make one chain with tap `t`: those of its filter row if that is not too long.
        int together(int t, int channels, int chain) {
            int end = t + 1;
            while (end < tapH.length && tapH[end] == tapH[t]) {
                end++;
            }
            return (end - t) * channels <= chain ? end : t + 1;
        }
    }

    private final Geometry g;
    private final BlockedConv.Source x;
    private final BlockedConv.Result to;
    private final Panels panels;
    private final float[] turned;
    private final int[] shift;
    private final int together;

    private SmallMapConv(Geometry g, BlockedConv.Source x, BlockedConv.Result to, Panels panels) {
        this.g = g;
        this.x = x;
        this.to = to;
        this.panels = panels;
        turned = Scratch.ofThread().floats(Scratch.WORK_2, x.outer() * x.plane() * images());
        shift = new int[panels.depth];
        for (int k = 0; k < shift.length; k++) {
            int t = k / x.channels();
            int c = k % x.channels();
            shift[k] = c / LANES * x.plane() * images() + c % LANES
                    + (g.tapH[t] * x.width() + g.tapW[t]) * images() * LANES;
        }
        int groups = Math.clamp(Math.ceilDiv(CHUNKS, panels.count()), Math.ceilDiv(images(), MOST_TOGETHER),
                Math.ceilDiv(images(), FEWEST_TOGETHER));
        together = Math.ceilDiv(Math.ceilDiv(images(), groups), STEP) * STEP;
    }

    static boolean suits(Geometry g, BlockedConv.Source x, int images) {
        return x.unit() == LANES && images >= IMAGES && g.pixels() <= PIXELS && g.tapH.length > 1;
    }

    private int images() {
        return to.y().images();
    }

    static void run(Workers workers, Geometry g, BlockedConv.Source x, Panels.Weights w, BlockedConv.Result to,
            float[] bias, UnarySpec activation) {
        BlockedView y = to.y();
        int[] blocks = PixelTile.panels(y.blocks(), FEWEST_TOGETHER, 1, LANES, false);
        var conv = new SmallMapConv(g, x, to, new Panels(workers, w, y.channels(), x.channels(), blocks, true));
        workers.run(x.outer() * y.images(), i -> conv.turn(i / y.images(), i % y.images()));
        int groups = Math.ceilDiv(y.images(), conv.together);
        workers.run(blocks.length * groups, chunk -> conv.chunk(chunk / groups, chunk % groups * conv.together, bias,
                activation));
    }

    private void turn(int block, int n) {
        VectorBlocks.copyPixels(x.data(), x.base() + n * x.image() + block * x.plane(), LANES, turned,
                (block * x.plane() / LANES * images() + n) * LANES, images() * LANES, x.plane() / LANES, false);
    }

    /// One panel of result blocks for some images.
    private void chunk(int panel, int n0, float[] bias, UnarySpec activation) {
        int count = Math.min(together, images() - n0);
        int blocks = panels.blocks(panel);
        int plane = g.pixels() * count * LANES;
        float[] sums = Scratch.ofThread().aligned(Scratch.WORK, blocks * plane);
        Arrays.fill(sums, Scratch.LEAD, Scratch.LEAD + blocks * plane, 0);
        if (bias != null) {
            for (int b = 0; b < blocks; b++) {
                VectorBlocks.addToPixels(bias, (panels.first[panel] + b) * LANES, sums, Scratch.LEAD + b * plane,
                        plane / LANES);
            }
        }
        PixelTile[] cover = PixelTile.cover(count, blocks, LANES, false);
        int taps = g.tapH.length;
        int parts = Math.ceilDiv(x.channels(), CHAIN);
        for (int part = 0; part < parts; part++) {
            int c0 = part * x.channels() / parts;
            int c1 = (part + 1) * x.channels() / parts;
            for (int t = 0; t < taps;) {
                int end = g.together(t, x.channels(), CHAIN);
                taps(panel, cover, t, end, c0, c1, n0, count, sums);
                t = end;
            }
        }
        if (!activation.isIdentity()) {
            Unary.apply(activation, sums, Scratch.LEAD, sums, Scratch.LEAD, blocks * plane);
        }
        for (int b = 0; b < blocks; b++) {
            for (int n = 0; n < count; n++) {
                store(sums, Scratch.LEAD + b * plane + n * LANES, count * LANES, n0 + n, panels.first[panel] + b,
                        !activation.isIdentity());
            }
        }
    }

    /// Some neighbouring taps of one filter row and a range of source channels, for all pixels that they see.
    private void taps(int panel, PixelTile[] cover, int t0, int t1, int c0, int c1, int n0, int count, float[] sums) {
        for (int i = 0; i < g.pixels(); i++) {
            int h = i / g.gridW * g.stepH;
            int v = i % g.gridW * g.stepW;
            int first = t0;
            int last = t1 - 1;
            while (first <= last && !isInside(h, v, first)) {
                first++;
            }
            while (first < last && !isInside(h, v, last)) {
                last--;
            }
            if (first > last) {
                continue;
            }
            int from = ((h * x.width() + v) * images() + n0) * LANES;
            int sum = Scratch.LEAD + i * count * LANES;
            for (PixelTile tile : cover) {
                tile.run(first * x.channels() + c0, last * x.channels() + c1, turned, from, shift, panels.data,
                        panels.place(panel), sums, sum, LANES, g.pixels() * count * LANES, true);
                from += tile.pixels * LANES;
                sum += tile.pixels * LANES;
            }
        }
    }

    private boolean isInside(int h, int v, int t) {
        int row = h + g.tapH[t];
        int column = v + g.tapW[t];
        return row >= 0 && row < x.height() && column >= 0 && column < x.width();
    }

    private void store(float[] sums, int from, int row, int n, int block, boolean clear) {
        for (int p = 0; p < g.gridH; p++) {
            VectorBlocks.copyPixels(sums, from + p * g.gridW * row, row, to.y().data(), to.at(n, block, p, 0),
                    to.yPixel(), g.gridW, to.adds());
        }
        if (clear) {
            to.y().clearPadding(block, to.at(n, block, 0, 0), g.pixels());
        }
    }
}
