package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.random.Philox;

/// Dropout: the mask is a function of (seed, stream, logical index), drawn anew where it is needed.
final class Dropout {
    private static final int CHUNK = 1 << 13;

    private Dropout() {
    }

    /// `y (+)= x·mask/(1 − p)`.
    static void run(Workers workers, DropoutSpec spec, NDArray x, NDArray y, boolean adds) {
        NDArray source = x.plain().contiguous();
        var from = Strides.of(source);
        var to = Strides.into(y);
        int size = (int) x.size();
        // keep where unit >= p, and units are multiples of 2⁻²⁴: compared as integers
        int least = (int) Math.ceil(spec.p() * 0x1p24);
        float scale = spec.p() < 1 ? (float) (1 / (1 - spec.p())) : 0;
        boolean dense = y.isContiguous();
        int[] step = to.step();
        workers.run(Math.ceilDiv(size, CHUNK), c -> {
            int[] four = new int[4];
            for (int i = c * CHUNK; i < Math.min(size, (c + 1) * CHUNK); i++) {
                if ((i & 3) == 0) {
                    Philox.block(spec.seed(), spec.stream(), i >> 2, four);
                }
                float v = four[i & 3] >>> 8 >= least ? from.data()[from.base() + i] * scale : 0;
                int at = to.base() + (dense ? i : offset(i, y, step));
                to.data()[at] = adds ? to.data()[at] + v : v;
            }
        });
    }

    private static int offset(int index, NDArray y, int[] step) {
        int offset = 0;
        int rest = index;
        for (int axis = y.rank() - 1; axis >= 0; axis--) {
            offset += rest % y.dim(axis) * step[axis];
            rest /= y.dim(axis);
        }
        return offset;
    }
}
