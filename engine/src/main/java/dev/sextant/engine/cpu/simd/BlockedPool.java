package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// Pooling of blocked arrays: one vector of channels at a time, no tails, no gathers.
final class BlockedPool {
    private static final int LANES = BlockedView.LANES;

    private BlockedPool() {
    }

    /// The winners of every window, as positions `h·W + w` in float lanes, in the order of the output's blocks.
    record LaneWinners(NDArray positions) implements Aux {
    }

    static Aux forward(Workers workers, Windows win, PoolKind kind, NDArray xs, NDArray ys) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        boolean max = kind == PoolKind.MAX;
        NDArray positions = max ? NDArray.empty(Shape.of(x.images() * x.blocks() * y.plane()), DType.FLOAT32,
                xs.device()) : null;
        float[] winners = max ? HostStorage.floats(positions) : null;
        int start = max ? HostStorage.start(positions) : 0;
        workers.run(x.images() * x.blocks(), i -> {
            int n = i / x.blocks();
            int block = i % x.blocks();
            int plane = x.at(n, block);
            int to = y.at(n, block);
            int at = start + i * y.plane();
            for (int p = 0; p < win.rows(); p++) {
                for (int q = 0; q < win.columns(); q++, to += LANES, at += LANES) {
                    if (max) {
                        VectorBlocks.max(x.data(), plane, x.width(), win.top()[p], win.bottom()[p], win.stepH(),
                                win.left()[q], win.right()[q], win.stepW(), y.data(), to, winners, at);
                    } else {
                        VectorBlocks.average(x.data(), plane, x.width(), win.top()[p], win.bottom()[p], win.stepH(),
                                win.left()[q], win.right()[q], win.stepW(), win.divisorH()[p] * win.divisorW()[q],
                                y.data(), to);
                    }
                }
            }
        });
        return max ? new LaneWinners(positions) : null;
    }

    static void backward(Workers workers, Windows win, PoolKind kind, NDArray dys, Aux aux, Target target) {
        var dy = BlockedView.of(dys);
        var dx = BlockedView.of(target.array());
        boolean max = kind == PoolKind.MAX;
        float[] winners = max ? HostStorage.floats(((LaneWinners) aux).positions()) : null;
        int start = max ? HostStorage.start(((LaneWinners) aux).positions()) : 0;
        workers.run(dx.images() * dx.blocks(), i -> {
            int n = i / dx.blocks();
            int block = i % dx.blocks();
            int plane = dx.at(n, block);
            int from = dy.at(n, block);
            int at = start + i * dy.plane();
            if (!target.adds()) {
                Arrays.fill(dx.data(), plane, plane + dx.plane(), 0);
            }
            for (int p = 0; p < win.rows(); p++) {
                for (int q = 0; q < win.columns(); q++, from += LANES, at += LANES) {
                    if (max) {
                        VectorBlocks.maxBackward(dy.data(), from, winners, at, dx.data(), plane, dx.width(),
                                win.top()[p], win.bottom()[p], win.stepH(), win.left()[q], win.right()[q],
                                win.stepW());
                    } else {
                        VectorBlocks.averageBackward(dy.data(), from, win.divisorH()[p] * win.divisorW()[q], dx.data(),
                                plane, dx.width(), win.top()[p], win.bottom()[p], win.stepH(), win.left()[q],
                                win.right()[q], win.stepW());
                    }
                }
            }
        });
    }
}
