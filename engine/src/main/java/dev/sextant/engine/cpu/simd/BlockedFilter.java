package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// The filter gradient on blocked arrays: for every tap, the product of the shifted input (transposed) and the
/// gradient, summed over pixels ([GradTile], [BandTile]).
///
/// The work is cut into (group of images, some blocks of source channels): as many blocks as have their sums in the
/// second-level cache, so that input and gradient come from memory once, and no more than leave enough chunks. Within a
/// chunk, some pixels at a time stay in the caches while all blocks and taps pass over them: of large maps a [Band] of rows
/// (or the rows themselves), of small maps several images, of which each tap sees only the pixels that do not come from
/// the padding. The groups are summed in order at the end.
final class BlockedFilter {
    private static final int LANES = BlockedView.LANES;
    /// Chunks to aim for.
    private static final int CHUNKS = 16;
    /// Pixels that pass through the tile in one chain.
    private static final int CHAIN = 192;
    /// Pixels side by side that are worth a loop of their own.
    private static final int ROW = 24;
    /// Most partial sums.
    private static final int PARTIALS = 1 << 23;
    /// Partial sums of all groups that are added at a time.
    private static final int PIECE = 1 << 12;
    /// Most elements of the gradient in a group of images: more source channels than a chunk takes read them again, then
    /// from the second-level cache.
    private static final int GROUP = 1 << 18;
    /// Most sums of a chunk: a quarter of the second-level cache, which pixels pass through.
    private static final int SUMS = 1 << 17;

    private final Conv2dSpec spec;
    private final BlockedView x;
    private final BlockedView z;
    private final NDArray w;
    private final int taps;
    private final int ld;
    private final int size;
    private final int groups;
    /// Blocks of source channels of a chunk, and how many chunks a group has.
    private final int side;
    private final int sides;
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
        int most = Math.clamp(SUMS / Math.max(1, taps * LANES * ld), 1, Math.max(1, x.blocks()));
        side = Math.max(1, Math.min(most, x.blocks() * groups / CHUNKS));
        sides = Math.ceilDiv(x.blocks(), side);
        partials = Scratch.ofThread().aligned(Scratch.PARTIALS, groups * size);
    }

    static void run(Workers workers, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        var filter = new BlockedFilter(spec, BlockedView.of(x), BlockedView.of(dz), dw.array());
        if (filter.isSmall()) {
            filter.overImages(workers);
        } else {
            filter.overBands(workers);
        }
        filter.store(workers, dw.adds());
    }

    /// Whether a chain needs pixels of several images or rows.
    private boolean isSmall() {
        int strides = spec.stride().h() * spec.stride().w();
        int pixels = z.height() * z.width();
        int sideBySide = taps == 1 && strides == 1 ? pixels : z.width();
        return sideBySide < ROW && Math.min(2, strides) * pixels <= CHAIN;
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
        overChunks(workers, (group, first, last) -> {
            int end = (group + 1) * x.images() / groups;
            for (int n = group * x.images() / groups; n < end; n += together) {
                int count = Math.min(together, end - n);
                for (int block = first; block < last; block++) {
                    for (int b = 0; b < z.blocks();) {
                        GradTile tile = GradTile.within(z.blocks() - b);
                        for (int t = 0; t < taps; t++) {
                            int to = start[t] + (start[t + 1] - start[t]) / together * count;
                            for (int i = 0; i < LANES; i += tile.sources) {
                                tile.run(start[t], to, x.data(), x.at(n, block) + i, xs, z.data(), z.at(n, b), zs,
                                        z.plane(), partials, sums(group, block, t) + i * taps * ld + b * LANES,
                                        taps * ld);
                            }
                        }
                        b += tile.blocks;
                    }
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
        int zRow = z.width() * LANES;
        boolean wholeRows = xRow == zRow;
        overChunks(workers, (group, first, last) -> {
            float[] copy = direct ? null : Scratch.ofThread().floats(Scratch.WORK, band.size(bandRows));
            for (int n = group * x.images() / groups; n < (group + 1) * x.images() / groups; n++) {
                for (int p0 = 0; p0 < z.height(); p0 += bandRows) {
                    int height = Math.min(bandRows, z.height() - p0);
                    for (int block = first; block < last; block++) {
                        if (!direct) {
                            band.fill(x.data(), x.at(n, block), x.plane(), row, LANES, p0, bandRows, copy);
                        }
                        int xo = direct ? x.at(n, block) + p0 * row : 0;
                        for (int b = 0; b < z.blocks();) {
                            BandTile tile = BandTile.of(z.blocks() - b);
                            int zo = z.at(n, b) + p0 * zRow;
                            for (int t = 0; t < taps; t++) {
                                for (int i = 0; i < LANES; i += tile.sources) {
                                    tile.run(wholeRows ? 1 : height, wholeRows ? height * z.width() : z.width(),
                                            direct ? x.data() : copy, xo + shift[t] + i, xRow, z.data(), zo, zRow,
                                            z.plane(), partials, sums(group, block, t) + i * taps * ld + b * LANES,
                                            taps * ld);
                                }
                            }
                            b += tile.blocks;
                        }
                    }
                }
            }
        });
    }

    /// A part of the work: a group of images, and blocks of source channels from `first` to `last − 1`.
    private interface Chunk {
        void run(int group, int first, int last);
    }

    private void overChunks(Workers workers, Chunk body) {
        workers.run(groups * sides, chunk -> {
            int group = chunk / sides;
            int first = chunk % sides * side;
            int last = Math.min(first + side, x.blocks());
            Arrays.fill(partials, sums(group, first, 0), sums(group, last, 0), 0);
            body.run(group, first, last);
        });
    }

    /// Where the partial sums of a group, a block of source channels and a tap lie. Their order is
    /// `[source channel][tap][result channel]`.
    private int sums(int group, int block, int tap) {
        return Scratch.LEAD + group * size + (block * LANES * taps + tap) * ld;
    }

    /// Sums the groups and turns `[source channel][tap][result channel]` into the filter's own order.
    private void store(Workers workers, boolean adds) {
        workers.run(groups == 1 ? 0 : Math.ceilDiv(size, PIECE), piece -> {
            int at = Scratch.LEAD + piece * PIECE;
            for (int g = 1; g < groups; g++) {
                Loops.add(partials, g * size + at, partials, at, partials, at, Math.min(PIECE, size - piece * PIECE));
            }
        });
        var to = Strides.into(w);
        workers.run(x.blocks() * z.blocks(), chunk -> {
            int block = chunk / z.blocks();
            int zBlock = chunk % z.blocks();
            int from = sums(0, block, 0) + zBlock * LANES;
            int at = to.base() + zBlock * LANES * to.step()[0] + block * LANES * to.step()[1];
            int filters = z.realLanes(zBlock);
            if (w.isContiguous()) {
                Turning.turn(x.realLanes(block) * taps, filters, partials, from, ld, to.data(), at, to.step()[0], adds);
            } else {
                scatter(from, to, at, x.realLanes(block), filters, adds);
            }
        });
    }

    private void scatter(int from, Strides to, int at, int channels, int filters, boolean adds) {
        int[] tap = Taps.offsets(to, w);
        for (int i = 0; i < filters; i++) {
            for (int c = 0; c < channels; c++) {
                for (int t = 0; t < taps; t++) {
                    int place = at + i * to.step()[0] + c * to.step()[1] + tap[t];
                    float sum = partials[from + (c * taps + t) * ld + i];
                    to.data()[place] = adds ? to.data()[place] + sum : sum;
                }
            }
        }
    }
}
