package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.cpu.Workers;
import java.util.Arrays;

/// What the taps of a convolution see of small blocked maps, written out: `[image][tap][block][pixel][lane]`. The
/// convolution is then a product by pixels that all lie in one row, so that a tile takes pixels of several rows and
/// the weights, which a few images cannot use often, are read once. Writing costs one copy of a vector for every
/// pixel, tap and block.
///
/// @param image  distance between images
/// @param shifts where depth `k` (tap, then source channel) of the first pixel lies
record Patches(float[] data, int image, int[] shifts) {
    private static final int LANES = BlockedView.LANES;

    /// Most pixels of a map worth writing out: wider rows fill a tile by themselves.
    private static final int PIXELS = 25;

    static boolean suit(SmallMapConv.Geometry g, BlockedConv.Source x) {
        return x.unit() == LANES && g.pixels() <= PIXELS;
    }

    static Patches of(Workers workers, SmallMapConv.Geometry g, BlockedConv.Source x, int images) {
        int taps = g.tapH().length;
        int tap = x.outer() * g.pixels() * LANES;
        var patches = new Patches(Scratch.ofThread().floats(Scratch.WORK, images * taps * tap), taps * tap,
                new int[taps * x.channels()]);
        for (int k = 0; k < patches.shifts.length; k++) {
            int c = k % x.channels();
            patches.shifts[k] = k / x.channels() * tap + c / LANES * g.pixels() * LANES + c % LANES;
        }
        workers.run(images * taps, i -> {
            for (int block = 0; block < x.outer(); block++) {
                patches.write(g, x, i % taps, x.base() + i / taps * x.image() + block * x.plane(),
                        i * tap + block * g.pixels() * LANES);
            }
        });
        return patches;
    }

    /// What a tap sees of one block of an image.
    private void write(SmallMapConv.Geometry g, BlockedConv.Source x, int tap, int from, int to) {
        int column = g.tapW()[tap];
        int first = Math.clamp(Math.ceilDiv(-column, g.stepW()), 0, g.gridW());
        int end = Math.clamp(Math.ceilDiv(x.width() - column, g.stepW()), first, g.gridW());
        for (int p = 0; p < g.gridH(); p++, to += g.gridW() * LANES) {
            int h = p * g.stepH() + g.tapH()[tap];
            int seen = h >= 0 && h < x.height() ? end - first : 0;
            Arrays.fill(data, to, to + first * LANES, 0);
            VectorBlocks.copyPixels(x.data(), from + h * x.row() + (first * g.stepW() + column) * LANES,
                    g.stepW() * LANES, data, to + first * LANES, LANES, seen, false);
            Arrays.fill(data, to + (first + seen) * LANES, to + g.gridW() * LANES, 0);
        }
    }
}
