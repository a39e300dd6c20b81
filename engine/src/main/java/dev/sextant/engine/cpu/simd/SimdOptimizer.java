package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.spi.OptimizerKernels;
import java.util.List;

/// Parameter updates: one pass over parameter, gradient and state.
interface SimdOptimizer extends OptimizerKernels, SimdPointwise {
    /// Elements of a chunk.
    int UPDATE_CHUNK = 1 << 14;

    @Override
    default void optimize(OptimizerSpec spec, long step, NDArray param, NDArray grad, List<NDArray> state) {
        NDArray dense = Dense.of(grad);
        var g = Strides.of(dense);
        var p = Dense.into(param);
        if (!param.isContiguous()) {
            throw new IllegalStateException(spec.opName() + ": parameters are dense, but this one is a view: " + param);
        }
        float[][] s = new float[state.size()][];
        int[] so = new int[state.size()];
        for (int i = 0; i < s.length; i++) {
            var each = Strides.into(state.get(i));
            s[i] = each.data();
            so[i] = each.base();
        }
        int size = (int) param.size();
        workers().run(Math.ceilDiv(size, UPDATE_CHUNK), c -> {
            int from = c * UPDATE_CHUNK;
            int n = Math.min(UPDATE_CHUNK, size - from);
            Updates.run(spec, step, p.data(), p.start() + from, g.data(), g.base() + from, s, so, from, n);
        });
    }

    @Override
    default double sumOfSquares(NDArray x) {
        var from = Strides.of(Dense.of(x));
        int size = (int) x.size();
        int chunks = Math.ceilDiv(size, UPDATE_CHUNK);
        double[] partial = new double[chunks];
        workers().run(chunks, c -> {
            int at = c * UPDATE_CHUNK;
            partial[c] = Sums.sumOfSquares(from.data(), from.base() + at, Math.min(UPDATE_CHUNK, size - at));
        });
        double sum = 0;
        for (double p : partial) {
            sum += p;
        }
        return sum;
    }
}
