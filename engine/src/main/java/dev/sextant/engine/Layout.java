package dev.sextant.engine;

/// Where the elements of an array lie in its storage. Shapes are always logical; a layout is how they are stored.
public sealed interface Layout {

    /// Row-major, or a view of it: element `(i, j, …)` lies at `offset + i·strides[0] + j·strides[1] + …`.
    /// The strides array must not be changed.
    record Strided(int[] strides, int offset) implements Layout {

        /// The dense row-major layout of a shape.
        public static Strided of(Shape shape) {
            return new Strided(shape.strides(), 0);
        }

        /// Whether the elements lie one after the other in row-major order (from `offset` on).
        public boolean isContiguous(Shape shape) {
            int step = 1;
            for (int i = shape.rank() - 1; i >= 0; i--) {
                int d = shape.dim(i);
                if (d != 1 && strides[i] != step) {
                    return false;
                }
                step *= Math.max(1, d);
            }
            return true;
        }
    }

    /// The internal form of 4-D activations on the CPU, known elsewhere as `NCHW16c` or `NCHW8c`: channels in blocks
    /// of `lanes`, so that one vector holds `lanes` channels of one pixel, and around every plane `halo` rows and
    /// columns of zeros.
    ///
    /// Element `(n, c, h, w)` lies at
    /// `offset + n·batchStride + ((c / lanes)·(H + 2·halo) + h + halo)·(W + 2·halo)·lanes + (w + halo)·lanes + c mod lanes`.
    /// Lanes beyond the last channel, and the halo, are zero after every operation.
    ///
    /// @param lanes       channels per block
    /// @param halo        zero rows and columns around every plane
    /// @param offset      element at which channel block 0 of image 0 starts
    /// @param batchStride elements from one image to the next
    record Blocked(int lanes, int halo, int offset, int batchStride) implements Layout {

        /// A dense blocked layout for a 4-D shape.
        public static Blocked of(Shape shape, int lanes, int halo) {
            int blocks = blocks(shape.dim(1), lanes);
            return new Blocked(lanes, halo, 0,
                    blocks * (shape.dim(2) + 2 * halo) * (shape.dim(3) + 2 * halo) * lanes);
        }

        /// Number of channel blocks.
        public static int blocks(int channels, int lanes) {
            return (channels + lanes - 1) / lanes;
        }

        /// Whether a range of an axis is blocked in itself: the whole axis, any range of images, and of channels whole
        /// blocks and what ends with the last channel; others would show their neighbours in the padding lanes.
        public boolean hasRange(Shape shape, int axis, int start, int end) {
            return axis == 0 || start == 0 && end == shape.dim(axis)
                    || axis == 1 && start % lanes == 0 && (end % lanes == 0 || end == shape.dim(1));
        }

        /// Elements from one row of pixels to the next.
        public int rowStride(Shape shape) {
            return (shape.dim(3) + 2 * halo) * lanes;
        }

        /// Elements from one channel block to the next.
        public int blockStride(Shape shape) {
            return (shape.dim(2) + 2 * halo) * rowStride(shape);
        }

        /// Element index of lane 0 of pixel `(h, w)` in channel block `block` of image `n`.
        public int index(Shape shape, int n, int block, int h, int w) {
            return offset + n * batchStride + block * blockStride(shape) + (h + halo) * rowStride(shape)
                    + (w + halo) * lanes;
        }
    }
}
