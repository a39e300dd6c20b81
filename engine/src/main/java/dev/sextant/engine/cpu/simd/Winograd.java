package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// A form of Winograd's convolution, `F(m×m, r×r)`: tiles of `m × m` results, made from overlapping patches of
/// `n × n` pixels, `n = m + r − 1`, by `n²` products per pair of channels instead of `m²·r²`.
///
/// Everything here works on strips of tiles at once: a transform of a patch is one of its rows and one of its columns,
/// and the second runs over all tiles of a strip, so that it reads and writes neighbours. The values of one position
/// of all patches lie together, `[position][block][tile][lane]`, and are the operands of ordinary products.
///
/// @param points the interpolation points
/// @param m      width of a tile
/// @param r      width of the filter
record Winograd(Points points, int m, int r) implements ConvAlgorithm {
    private static final int LANES = BlockedView.LANES;
    /// Tiles transformed together; their patches stay in the first-level cache.
    private static final int STRIP = 8;

    @Override
    public void forward(SimdConv kernels, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        WinogradConv.forward(kernels.workers(), this, spec, x, w, bias, null, y);
    }

    @Override
    public void backwardData(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        WinogradConv.backwardData(kernels.workers(), this, spec, dz, w, dx);
    }

    @Override
    public void backwardFilter(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        WinogradGradient.run(kernels.workers(), this, spec, dz, x, dw);
    }

    /// Points of a patch.
    int n() {
        return points.count;
    }

    /// Products per pair of channels and tile.
    int positions() {
        return n() * n();
    }

    @Override
    public String toString() {
        return "winograd F(" + m + "x" + m + "," + r + "x" + r + ")";
    }

    /// Elements of the working memory of transforms, which begins at [Scratch#LEAD] of an aligned array.
    int room() {
        return (STRIP + 1) * positions() * LANES;
    }

    /// The tiles of all images, row by row, with `m` pixels from one to the next.
    record Grid(int images, int rows, int columns) {
        int tiles() {
            return images * rows * columns;
        }
    }

    Grid grid(int images, int height, int width) {
        return new Grid(images, Math.ceilDiv(height, m), Math.ceilDiv(width, m));
    }

    /// Transforms patches of `size × size` pixels (`n` for inputs, `m` for gradients) of one block.
    ///
    /// @param top      rows of the first patch above the image; `left` alike
    /// @param work     room for the transform
    /// @param v        where position 0 of the first tile goes; tiles are a vector apart
    /// @param position distance between positions
    void spread(Grid grid, BlockedView x, int block, int size, int top, int left, int first, int count, float[] work,
            float[] v, int vo, int position) {
        int n = n();
        int patch = Scratch.LEAD;
        int half = patch + positions() * LANES;
        for (int s = 0; s < count; s += STRIP) {
            int tiles = Math.min(STRIP, count - s);
            for (int i = 0; i < tiles; i++) {
                int t = first + s + i;
                int column = t % grid.columns;
                int row = t / grid.columns % grid.rows;
                int at = x.at(t / (grid.columns * grid.rows), block);
                int h = row * m - top;
                int w = column * m - left;
                int to = half + i * size * n * LANES;
                if (h >= 0 && w >= 0 && h + size <= x.height() && w + size <= x.width()) {
                    points.spread(size, x.data(), at + (h * x.width() + w) * LANES, LANES, x.width() * LANES, work, to,
                            LANES, n * LANES, size);
                } else {
                    cut(x, at, h, w, size, work, patch);
                    points.spread(size, work, patch, LANES, size * LANES, work, to, LANES, n * LANES, size);
                }
            }
            for (int j = 0; j < n; j++) {
                points.spread(size, work, half + j * LANES, n * LANES, size * n * LANES, v,
                        vo + j * position + s * LANES,
                        n * position, LANES, tiles);
            }
        }
    }

    /// A patch that reaches beyond the image, with zeros there.
    private static void cut(BlockedView x, int at, int h, int w, int size, float[] patch, int po) {
        int left = Math.clamp(-w, 0, size);
        int end = Math.clamp(x.width() - w, left, size);
        for (int i = 0; i < size; i++) {
            int to = po + i * size * LANES;
            if (h + i < 0 || h + i >= x.height() || end == left) {
                Arrays.fill(patch, to, to + size * LANES, 0);
            } else {
                Arrays.fill(patch, to, to + left * LANES, 0);
                System.arraycopy(x.data(), at + ((h + i) * x.width() + w + left) * LANES, patch, to + left * LANES,
                        (end - left) * LANES);
                Arrays.fill(patch, to + end * LANES, to + size * LANES, 0);
            }
        }
    }

    /// Turns products into tiles of results, `y[tile][row][column][lane]`.
    ///
    /// @param z        position 0 of the first tile
    /// @param position distance between positions
    /// @param work     room for the transform
    void gather(float[] z, int zo, int position, int count, float[] work, float[] y, int yo) {
        int n = n();
        int half = Scratch.LEAD;
        for (int s = 0; s < count; s += STRIP) {
            int tiles = Math.min(STRIP, count - s);
            for (int j = 0; j < n; j++) {
                points.gather(m, z, zo + j * position + s * LANES, n * position, LANES, work, half + j * LANES,
                        n * LANES,
                        m * n * LANES, tiles);
            }
            points.gather(m, work, half, LANES, n * LANES, y, yo + s * m * m * LANES, LANES, m * LANES, tiles * m);
        }
    }

    /// Adds what lies at the places of tiles to them.
    void addFrom(Grid grid, BlockedView x, int block, int first, int count, float[] tiles, int from) {
        for (int i = 0; i < count; i++) {
            int t = first + i;
            int q = t % grid.columns * m;
            int p = t / grid.columns % grid.rows * m;
            int at = x.at(t / (grid.columns * grid.rows), block) + (p * x.width() + q) * LANES;
            int length = Math.min(m, x.width() - q) * LANES;
            for (int row = 0; row < Math.min(m, x.height() - p); row++) {
                Loops.copy(x.data(), at + row * x.width() * LANES, tiles, from + (i * m + row) * m * LANES, length,
                        true);
            }
        }
    }

    /// Writes tiles to their places, leaving out what lies beyond the image.
    void place(Grid grid, float[] tiles, int from, int first, int count, BlockedView y, int block, boolean adds) {
        for (int i = 0; i < count; i++) {
            int t = first + i;
            int q = t % grid.columns * m;
            int p = t / grid.columns % grid.rows * m;
            int at = y.at(t / (grid.columns * grid.rows), block) + (p * y.width() + q) * LANES;
            int rows = Math.min(m, y.height() - p);
            int columns = Math.min(m, y.width() - q);
            for (int row = 0; row < rows; row++) {
                Loops.copy(tiles, from + (i * m + row) * m * LANES, y.data(), at + row * y.width() * LANES,
                        columns * LANES,
                        adds);
            }
        }
    }
}
