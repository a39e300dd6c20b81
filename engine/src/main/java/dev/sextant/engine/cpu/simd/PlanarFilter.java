package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// The filter gradient of a first layer: a row-major source with few channels and a blocked gradient. All taps of all
/// channels are rows of one product ([TapTile]) whose depth runs over pixels; the source is read from a [Band].
///
/// The images are cut into groups, whose sums are added in order.
final class PlanarFilter {
    private static final int LANES = BlockedView.LANES;
    private static final int GROUPS = 16;
    /// Pixels that pass through the tile in one chain.
    private static final int CHAIN = 128;
    /// Most elements of a band.
    private static final int BAND = 1 << 17;

    private PlanarFilter() {
    }

    static void run(Workers workers, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        NDArray w = dw.array();
        var z = BlockedView.of(dz);
        var from = Strides.of(x);
        int[] step = from.step();
        var band = new Band(1, x.dim(1), x.dim(2), x.dim(3), z.width(), spec.stride().h(), spec.stride().w(),
                Taps.rows(spec, w), Taps.columns(spec, w));
        int bandRows = Math.clamp((long) BAND * z.height() / Math.max(1, band.size(z.height())), 1, z.height());
        int chainRows = Math.clamp(CHAIN / Math.max(1, z.width()), 1, bandRows);
        int taps = w.dim(2) * w.dim(3);
        int rows = w.dim(1) * taps;
        // The last tile's rows beyond the last tap repeat it; their sums are not used.
        int[] shift = new int[rows + LANES];
        Arrays.setAll(shift, r -> band.shift(Math.min(r, rows - 1) / taps, Math.min(r, rows - 1) % taps, bandRows));
        int[] xs = new int[chainRows * z.width()];
        int[] zs = new int[xs.length];
        Arrays.setAll(xs, i -> i / z.width() * band.resultRow() + i % z.width());
        Arrays.setAll(zs, i -> i * LANES);
        int ld = z.blocks() * LANES;
        int size = (rows + LANES) * ld;
        int groups = Math.clamp(z.images(), 1, GROUPS);
        float[] partials = Scratch.ofThread().aligned(Scratch.PARTIALS, groups * size);
        workers.run(groups, group -> {
            int own = Scratch.LEAD + group * size;
            Arrays.fill(partials, own, own + size, 0);
            float[] source = Scratch.ofThread().floats(Scratch.WORK, band.size(bandRows));
            for (int n = group * z.images() / groups; n < (group + 1) * z.images() / groups; n++) {
                for (int p0 = 0; p0 < z.height(); p0 += bandRows) {
                    band.fill(from.data(), from.base() + n * step[0], step[1], step[2], step[3], p0, bandRows, source);
                    int end = Math.min(p0 + bandRows, z.height());
                    for (int p = p0; p < end; p += chainRows) {
                        int pixels = Math.min(chainRows, end - p) * z.width();
                        for (int b = 0; b < z.blocks();) {
                            TapTile tile = TapTile.within(z.blocks() - b);
                            for (int r = 0; r < rows; r += tile.taps) {
                                tile.run(0, pixels, source, (p - p0) * band.resultRow(), xs, shift, r, z.data(),
                                        z.at(n, b) + p * z.width() * LANES, zs, z.plane(), partials,
                                        own + r * ld + b * LANES, ld);
                            }
                            b += tile.blocks;
                        }
                    }
                }
            }
        });
        store(partials, groups, size, z, dw);
    }

    private static void store(float[] partials, int groups, int size, BlockedView z, Target dw) {
        NDArray w = dw.array();
        var to = Strides.into(w);
        int[] tap = Taps.offsets(to, w);
        int ld = z.blocks() * LANES;
        for (int g = 1; g < groups; g++) {
            Loops.add(partials, Scratch.LEAD + g * size, partials, Scratch.LEAD, partials, Scratch.LEAD, size);
        }
        for (int k = 0; k < w.dim(0); k++) {
            for (int r = 0; r < w.dim(1) * tap.length; r++) {
                int at = to.base() + k * to.step()[0] + r / tap.length * to.step()[1] + tap[r % tap.length];
                float sum = partials[Scratch.LEAD + r * ld + k];
                to.data()[at] = dw.adds() ? to.data()[at] + sum : sum;
            }
        }
    }
}
