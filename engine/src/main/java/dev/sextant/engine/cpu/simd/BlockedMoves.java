package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Layout.Blocked;
import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;
import java.util.Arrays;

/// Copies between row-major and blocked arrays. Padding lanes and the halo of a blocked result are set to zero.
final class BlockedMoves {
    private BlockedMoves() {
    }

    /// The array in blocked form: itself, or a copy. Gradients that come back through a reshape are row-major.
    static NDArray blocked(Workers workers, NDArray x) {
        if (BlockedView.is(x)) {
            return x;
        }
        NDArray y = NDArray.empty(x.shape(), x.dtype(), Blocked.of(x.shape(), BlockedView.LANES, 0), x.device());
        copy(workers, x, y, false);
        return y;
    }

    static void fill(Workers workers, float value, NDArray y) {
        var layout = (Blocked) y.layout();
        float[] to = HostStorage.floats(y);
        int base = HostStorage.start(y) - layout.offset();
        forEachPlane(workers, y, layout, (n, block) -> {
            clear(y, layout, to, base, n, block);
            if (value == 0) {
                return;
            }
            int valid = Math.min(layout.lanes(), y.dim(1) - block * layout.lanes());
            for (int h = 0; h < y.dim(2); h++) {
                int row = base + layout.index(y.shape(), n, block, h, 0);
                for (int w = 0; w < y.dim(3); w++) {
                    Arrays.fill(to, row + w * layout.lanes(), row + w * layout.lanes() + valid, value);
                }
            }
        });
    }

    static void copy(Workers workers, NDArray x, NDArray y, boolean adds) {
        if (BlockedView.is(x) && BlockedView.is(y)) {
            BlockedPointwise.copy(workers, x, y, adds);
        } else if (y.layout() instanceof Blocked to) {
            toBlocked(workers, x, y, to, adds);
        } else {
            toStrided(workers, x, y, adds);
        }
    }

    /// Channels `from …` of one blocked array to channels `to …` of another, wherever in their blocks they lie. The
    /// lanes behind the result's last channel become zero with it.
    static void copyChannels(Workers workers, NDArray xs, int from, NDArray ys, int to, int length, boolean adds) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        int lanes = BlockedView.LANES;
        int firstBlock = to / lanes;
        int blocks = Math.ceilDiv(to + length, lanes) - firstBlock;
        workers.run(y.images() * blocks, chunk -> {
            int n = chunk / blocks;
            int block = firstBlock + chunk % blocks;
            int end = Math.min(to + length, (block + 1) * lanes);
            int place = y.at(n, block);
            // A block's channels come from at most two blocks of the source.
            for (int c = Math.max(to, block * lanes); c < end;) {
                int source = c - to + from;
                int run = Math.min(end - c, lanes - source % lanes);
                int at = x.at(n, source / lanes) + source % lanes;
                for (int i = 0; i < y.plane(); i += lanes) {
                    for (int lane = 0; lane < run; lane++) {
                        float v = x.data()[at + i + lane];
                        int target = place + i + c % lanes + lane;
                        y.data()[target] = adds ? y.data()[target] + v : v;
                    }
                }
                c += run;
            }
            if (end == y.channels()) {
                y.clearPadding(block, place, y.height() * y.width());
            }
        });
    }

    private static void toStrided(Workers workers, NDArray x, NDArray y, boolean adds) {
        var from = (Blocked) x.layout();
        int[] step = ((Strided) y.layout()).strides();
        float[] source = HostStorage.floats(x);
        float[] result = HostStorage.floats(y);
        int sourceBase = HostStorage.start(x) - from.offset();
        int resultBase = HostStorage.start(y);
        forEachPlane(workers, x, from, (n, block) -> {
            int valid = Math.min(from.lanes(), x.dim(1) - block * from.lanes());
            for (int lane = 0; lane < valid; lane++) {
                int plane = resultBase + n * step[0] + (block * from.lanes() + lane) * step[1];
                for (int h = 0; h < x.dim(2); h++) {
                    int row = sourceBase + from.index(x.shape(), n, block, h, 0) + lane;
                    int at = plane + h * step[2];
                    for (int w = 0; w < x.dim(3); w++) {
                        float v = source[row + w * from.lanes()];
                        result[at + w * step[3]] = adds ? result[at + w * step[3]] + v : v;
                    }
                }
            }
        });
    }

    private static void toBlocked(Workers workers, NDArray x, NDArray y, Blocked to, boolean adds) {
        NDArray plain = x.plain();
        int[] step = ((Strided) plain.layout()).strides();
        float[] source = HostStorage.floats(plain);
        float[] result = HostStorage.floats(y);
        int sourceBase = HostStorage.start(plain);
        int resultBase = HostStorage.start(y) - to.offset();
        forEachPlane(workers, y, to, (n, block) -> {
            if (!adds) {
                clear(y, to, result, resultBase, n, block);
            }
            int valid = Math.min(to.lanes(), y.dim(1) - block * to.lanes());
            for (int lane = 0; lane < valid; lane++) {
                int plane = sourceBase + n * step[0] + (block * to.lanes() + lane) * step[1];
                for (int h = 0; h < y.dim(2); h++) {
                    int row = resultBase + to.index(y.shape(), n, block, h, 0) + lane;
                    int at = plane + h * step[2];
                    for (int w = 0; w < y.dim(3); w++) {
                        float v = source[at + w * step[3]];
                        result[row + w * to.lanes()] = adds ? result[row + w * to.lanes()] + v : v;
                    }
                }
            }
        });
    }

    /// One plane, halo included, becomes zero.
    private static void clear(NDArray y, Blocked layout, float[] to, int base, int n, int block) {
        int start = base + layout.offset() + n * layout.batchStride() + block * layout.blockStride(y.shape());
        Arrays.fill(to, start, start + layout.blockStride(y.shape()), 0);
    }

    /// Visits one channel block of one image.
    @FunctionalInterface
    interface Plane {
        void at(int n, int block);
    }

    static void forEachPlane(Workers workers, NDArray x, Blocked layout, Plane plane) {
        int blocks = Blocked.blocks(x.dim(1), layout.lanes());
        workers.run(x.dim(0) * blocks, i -> plane.at(i / blocks, i % blocks));
    }
}
