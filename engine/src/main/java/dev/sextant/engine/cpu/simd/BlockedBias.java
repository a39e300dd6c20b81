package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// The gradient of a bias from blocked arrays, on the way through the activation before it: a few hundred pixels at a
/// time are multiplied by the activation's slope and summed while they are in the cache.
final class BlockedBias {
    private static final int LANES = BlockedView.LANES;

    private BlockedBias() {
    }

    /// `dz = act′·dy` and `dbias (+)= Σ dz`.
    ///
    /// @param y  what forward computed; null without an activation, when `dz` is `dy`
    /// @param dz may be `dy`
    static void backward(Workers workers, UnarySpec activation, NDArray dys, NDArray ys, NDArray dzs, Target dbias) {
        var dy = BlockedView.of(dys);
        var y = ys == null ? null : BlockedView.of(ys);
        var dz = BlockedView.of(dzs);
        int pixels = dz.height() * dz.width();
        int blocks = dz.blocks();
        int together = BlockedNorm.together(dz);
        int groups = Math.ceilDiv(dz.images(), together);
        double[] sums = Scratch.ofThread().doubles(groups * blocks * LANES);
        workers.run(groups * blocks, i -> {
            int first = i / blocks * together;
            int images = Math.min(together, dz.images() - first);
            int block = i % blocks;
            Arrays.fill(sums, i * LANES, (i + 1) * LANES, 0);
            for (int p = 0; p < pixels; p += VectorNorm.PIECE) {
                int piece = Math.min(VectorNorm.PIECE, pixels - p);
                for (int n = first; y != null && n < first + images; n++) {
                    int to = dz.at(n, block) + p * LANES;
                    Unary.backward(activation, y.data(), y.at(n, block) + p * LANES, dy.data(),
                            dy.at(n, block) + p * LANES, dz.data(), to, piece * LANES, false);
                    dz.clearPadding(block, to, piece);
                }
                VectorBlocks.sum(dz.data(), dz.at(first, block) + p * LANES, dz.batch(), images, piece, sums,
                        i * LANES);
            }
        });
        Vector1 to = Vector1.of(dbias.array());
        for (int c = 0; c < dz.channels(); c++) {
            double sum = 0;
            for (int group = 0; group < groups; group++) {
                sum += sums[(group * blocks + c / LANES) * LANES + c % LANES];
            }
            to.put(c, sum, dbias.adds());
        }
    }
}
