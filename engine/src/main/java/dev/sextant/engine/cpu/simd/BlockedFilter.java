package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// The filter gradient on blocked arrays: for every tap, the product of the shifted input (transposed) and the
/// gradient, summed over pixels ([GradTile]).
///
/// The work is cut into (group of images, block of source channels): the first so that there are enough chunks, the
/// second so that most chunks own what they write. Within a chunk, some pixels at a time stay in the first-level cache
/// while all taps pass over them: of large maps a [Band] of rows (or the rows themselves), of small maps several images, of which each tap sees
/// only the pixels that do not come from the padding. The groups are summed in order at the end.
final class BlockedFilter {
    private static final int LANES = BlockedView.LANES;
    /// Chunks to aim for.
    private static final int CHUNKS = 16;
    /// Pixels that pass through the tile in one chain.
    private static final int CHAIN = 192;
    /// Most partial sums.
    private static final int PARTIALS = 1 << 23;
    /// Partial sums of all groups that are added at a time.
    private static final int PIECE = 1 << 12;
    /// Most elements of the gradient in a group of images: every block of source channels reads them all, from the
    /// second-level cache.
    private static final int GROUP = 1 << 18;

    private final Conv2dSpec spec;
    private final BlockedView x;
    private final BlockedView z;
    private final NDArray w;
    private final int taps;
    private final int ld;
    private final int size;
    private final int groups;
    private final float[] partials;

    private BlockedFilter(Conv2dSpec spec, BlockedView x, BlockedView z, NDArray w) {
        this.spec = spec;
        this.x = x;
        this.z = z;
        this.w = w;
        taps = w.dim(2) * w.dim(3);
        ld = z.blocks() * LANES;
        size = x.blocks() * taps * LANES * ld;
        int wanted = Math.max(Math.ceilDiv(CHUNKS, x.blocks()),
                Math.ceilDiv(z.images() * z.blocks() * z.plane(), GROUP));
        groups = Math.clamp(Math.min(wanted, PARTIALS / Math.max(1, size)), 1, Math.max(1, x.images()));
        partials = Scratch.ofThread().aligned(Scratch.PARTIALS, groups * size);
    }

    static void run(Workers workers, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        var filter = new BlockedFilter(spec, BlockedView.of(x), BlockedView.of(dz), dw.array());
        int pixels = dz.dim(2) * dz.dim(3);
        if (2 * pixels <= CHAIN || spec.stride().h() * spec.stride().w() * pixels <= CHAIN) {
            filter.overImages(workers);
        } else {
            filter.overBands(workers);
        }
        filter.store(workers, dw.adds());
    }

    /// Small maps. The tables list, tap by tap and image by image, the pixels that the tap connects.
    private void overImages(Workers workers) {
        int pixels = z.height() * z.width();
        int together = Math.clamp(CHAIN / Math.max(1, pixels), 1, Math.max(1, x.images()));
        int[] rows = Taps.rows(spec, w);
        int[] columns = Taps.columns(spec, w);
        int[] xs = new int[taps * together * pixels];
        int[] zs = new int[xs.length];
        int[] start = new int[taps + 1];
        for (int t = 0, k = 0; t < taps; t++) {
            for (int n = 0; n < together; n++) {
                for (int i = 0; i < pixels; i++) {
                    int h = i / z.width() * spec.stride().h() + rows[t];
                    int v = i % z.width() * spec.stride().w() + columns[t];
                    if (h >= 0 && h < x.height() && v >= 0 && v < x.width()) {
                        xs[k] = n * x.batch() + (h * x.width() + v) * LANES;
                        zs[k++] = n * z.batch() + i * LANES;
                    }
                }
            }
            start[t + 1] = k;
        }
        workers.run(groups * x.blocks(), chunk -> {
            int block = chunk % x.blocks();
            int own = clear(chunk);
            int end = (chunk / x.blocks() + 1) * x.images() / groups;
            for (int n = chunk / x.blocks() * x.images() / groups; n < end; n += together) {
                int count = Math.min(together, end - n);
                for (int b = 0; b < z.blocks();) {
                    GradTile tile = GradTile.within(z.blocks() - b);
                    for (int t = 0; t < taps; t++) {
                        int to = start[t] + (start[t + 1] - start[t]) / together * count;
                        for (int i = 0; i < LANES; i += tile.sources) {
                            tile.run(start[t], to, x.data(), x.at(n, block) + i, xs, z.data(), z.at(n, b), zs,
                                    z.plane(), partials, own + (t * LANES + i) * ld + b * LANES, ld);
                        }
                    }
                    b += tile.blocks;
                }
            }
        });
    }

    /// Large maps.
    private void overBands(Workers workers) {
        var band = new Band(LANES, 1, x.height(), x.width(), z.width(), spec.stride().h(), spec.stride().w(),
                Taps.rows(spec, w), Taps.columns(spec, w));
        int bandRows = Math.clamp(CHAIN / Math.max(1, z.width()), 1, z.height());
        boolean direct = spec.stride().h() == 1 && band.isInside(z.height(), z.width());
        int row = x.width() * LANES;
        int xRow = direct ? row : band.resultRow();
        int[] tapRow = Taps.rows(spec, w);
        int[] tapColumn = Taps.columns(spec, w);
        int[] shift = new int[taps];
        Arrays.setAll(shift, t -> direct ? tapRow[t] * row + tapColumn[t] * LANES : band.shift(0, t, bandRows));
        int[] xs = new int[bandRows * z.width()];
        int[] zs = new int[xs.length];
        Arrays.setAll(xs, i -> i / z.width() * xRow + i % z.width() * LANES);
        Arrays.setAll(zs, i -> i * LANES);
        workers.run(groups * x.blocks(), chunk -> {
            int group = chunk / x.blocks();
            int block = chunk % x.blocks();
            int own = clear(chunk);
            float[] copy = direct ? null : Scratch.ofThread().floats(Scratch.WORK, band.size(bandRows));
            for (int n = group * x.images() / groups; n < (group + 1) * x.images() / groups; n++) {
                for (int p0 = 0; p0 < z.height(); p0 += bandRows) {
                    int pixels = Math.min(bandRows, z.height() - p0) * z.width();
                    if (!direct) {
                        band.fill(x.data(), x.at(n, block), x.plane(), row, LANES, p0, bandRows, copy);
                    }
                    int xo = direct ? x.at(n, block) + p0 * row : 0;
                    for (int b = 0; b < z.blocks();) {
                        GradTile tile = GradTile.within(z.blocks() - b);
                        int zo = z.at(n, b) + p0 * z.width() * LANES;
                        for (int t = 0; t < taps; t++) {
                            for (int i = 0; i < LANES; i += tile.sources) {
                                tile.run(0, pixels, direct ? x.data() : copy, xo + shift[t] + i, xs, z.data(), zo, zs,
                                        z.plane(), partials, own + (t * LANES + i) * ld + b * LANES, ld);
                            }
                        }
                        b += tile.blocks;
                    }
                }
            }
        });
    }

    /// Zeros the partial sums of a chunk; returns their place.
    private int clear(int chunk) {
        int own = Scratch.LEAD + chunk / x.blocks() * size + chunk % x.blocks() * taps * LANES * ld;
        Arrays.fill(partials, own, own + taps * LANES * ld, 0);
        return own;
    }

    /// Sums the groups and turns `[block, tap, lane][result channel]` into the filter's own order.
    private void store(Workers workers, boolean adds) {
        var to = Strides.into(w);
        int[] step = to.step();
        int[] tap = Taps.offsets(to, w);
        workers.run(groups == 1 ? 0 : Math.ceilDiv(size, PIECE), piece -> {
            int at = Scratch.LEAD + piece * PIECE;
            for (int g = 1; g < groups; g++) {
                Loops.add(partials, g * size + at, partials, at, partials, at, Math.min(PIECE, size - piece * PIECE));
            }
        });
        workers.run(x.blocks() * z.blocks(), chunk -> {
            int block = chunk / z.blocks();
            int zBlock = chunk % z.blocks();
            int first = Scratch.LEAD + block * taps * LANES * ld + zBlock * LANES;
            int real = x.realLanes(block);
            for (int i = 0; i < z.realLanes(zBlock); i++) {
                int result = to.base() + (zBlock * LANES + i) * step[0] + block * LANES * step[1];
                for (int c = 0; c < real; c++) {
                    for (int t = 0; t < taps; t++) {
                        int at = result + c * step[1] + tap[t];
                        float sum = partials[first + (t * LANES + c) * ld + i];
                        to.data()[at] = adds ? to.data()[at] + sum : sum;
                    }
                }
            }
        });
    }
}
