package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;

/// A blocked array as the loops see it: `[image][block][row][column][lane]`, without a halo, so that a plane of a block
/// is one contiguous run.
///
/// @param base  place of image 0, block 0
/// @param batch distance between images (more than the blocks take, for a range of channels)
record BlockedView(float[] data, int base, int batch, int images, int channels, int height, int width) {
    static final int LANES = VectorSupport.LANES;

    /// Whether the array has the layout that these loops work on; any other goes by way of its plain form.
    static boolean is(NDArray x) {
        return VectorSupport.ON && x.layout() instanceof Layout.Blocked b && b.lanes() == LANES && b.halo() == 0;
    }

    static BlockedView of(NDArray x) {
        return new BlockedView(HostStorage.floats(x), HostStorage.start(x),
                ((Layout.Blocked) x.layout()).batchStride(), x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    }

    int blocks() {
        return Layout.Blocked.blocks(channels, LANES);
    }

    /// Elements of one plane of a block.
    int plane() {
        return height * width * LANES;
    }

    /// Place of a plane.
    int at(int image, int block) {
        return base + image * batch + block * plane();
    }

    /// Channels in a block that are real.
    int realLanes(int block) {
        return Math.min(LANES, channels - block * LANES);
    }

    /// Makes the lanes beyond the last channel zero again, in `pixels` pixels from `at` on.
    void clearPadding(int block, int at, int pixels) {
        clear(data, at, realLanes(block), pixels);
    }

    /// Makes all but the first `real` lanes of some pixels zero.
    static void clear(float[] data, int at, int real, int pixels) {
        if (real == LANES) {
            return;
        }
        for (int i = 0; i < pixels; i++) {
            for (int lane = real; lane < LANES; lane++) {
                data[at + i * LANES + lane] = 0;
            }
        }
    }

    /// Numbers of the channels in whole vectors, zero beyond the last.
    float[] lanesOf(NDArray perChannel) {
        Vector1 v = Vector1.of(perChannel);
        float[] lanes = new float[blocks() * LANES];
        for (int c = 0; c < channels; c++) {
            lanes[c] = v.get(c);
        }
        return lanes;
    }
}
