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
/// second so that most chunks own what they write. Within a chunk, bands of rows stay in the first-level cache while
/// all taps pass over them. The groups are summed in order at the end.
final class BlockedFilter {
    private static final int LANES = BlockedView.LANES;
    /// Chunks to aim for.
    private static final int CHUNKS = 16;
    /// Most elements of a band, and of all partial sums.
    private static final int BAND = 1 << 12;
    private static final int PARTIALS = 1 << 23;

    private BlockedFilter() {
    }

    static void run(Workers workers, Conv2dSpec spec, NDArray dzs, NDArray xs, Target dw) {
        NDArray w = dw.array();
        var x = BlockedView.of(xs);
        var z = BlockedView.of(dzs);
        int taps = w.dim(2) * w.dim(3);
        var band = new Band(LANES, 1, x.height(), x.width(), z.width(), spec.stride().h(), spec.stride().w(),
                Taps.rows(spec, w), Taps.columns(spec, w));
        int bandRows = Math.clamp(BAND / Math.max(1, band.resultRow()), 1, z.height());
        int[] shift = new int[taps];
        for (int t = 0; t < taps; t++) {
            shift[t] = band.shift(0, t, bandRows);
        }
        GradTile tile = GradTile.forBlocks(z.blocks());
        int ld = z.blocks() * LANES;
        int size = x.blocks() * taps * LANES * ld;
        int groups = Math.clamp(Math.min(Math.ceilDiv(CHUNKS, x.blocks()), PARTIALS / size), 1,
                Math.max(1, x.images()));
        float[] partials = Scratch.ofThread().floats(Scratch.PARTIALS, groups * size);
        workers.run(groups * x.blocks(), chunk -> {
            int group = chunk / x.blocks();
            int block = chunk % x.blocks();
            int own = group * size + block * taps * LANES * ld;
            Arrays.fill(partials, own, own + taps * LANES * ld, 0);
            float[] rows = Scratch.ofThread().floats(Scratch.WORK, band.size(bandRows));
            for (int n = group * x.images() / groups; n < (group + 1) * x.images() / groups; n++) {
                for (int p0 = 0; p0 < z.height(); p0 += bandRows) {
                    int count = Math.min(bandRows, z.height() - p0);
                    band.fill(x.data(), x.at(n, block), x.plane(), x.width() * LANES, LANES, p0, bandRows, rows);
                    for (int b = 0; b < z.blocks(); b += tile.blocks) {
                        int zo = z.at(n, b) + p0 * z.width() * LANES;
                        for (int t = 0; t < taps; t++) {
                            for (int i = 0; i < LANES; i += tile.sources) {
                                tile.run(count, z.width(), rows, shift[t] + i, band.resultRow(), z.data(), zo,
                                        z.plane(), partials, own + (t * LANES + i) * ld + b * LANES, ld);
                            }
                        }
                    }
                }
            }
        });
        store(workers, partials, groups, size, taps, ld, x, z, dw);
    }

    /// Sums the groups and turns `[block, tap, lane][result channel]` into the filter's own order.
    private static void store(Workers workers, float[] partials, int groups, int size, int taps, int ld, BlockedView x,
            BlockedView z, Target dw) {
        NDArray w = dw.array();
        var to = Strides.into(w);
        int[] step = to.step();
        workers.run(z.blocks(), block -> {
            float[] line = new float[LANES];
            int real = z.realLanes(block);
            for (int c = 0; c < x.channels(); c++) {
                for (int t = 0; t < taps; t++) {
                    int row = ((c / LANES * taps + t) * LANES + c % LANES) * ld + block * LANES;
                    System.arraycopy(partials, row, line, 0, LANES);
                    for (int g = 1; g < groups; g++) {
                        Loops.add(partials, g * size + row, line, 0, line, 0, LANES);
                    }
                    int at = to.base() + block * LANES * step[0] + c * step[1] + t / w.dim(3) * step[2]
                            + t % w.dim(3) * step[3];
                    for (int i = 0; i < real; i++) {
                        to.data()[at + i * step[0]] = dw.adds() ? to.data()[at + i * step[0]] + line[i] : line[i];
                    }
                }
            }
        });
    }
}
