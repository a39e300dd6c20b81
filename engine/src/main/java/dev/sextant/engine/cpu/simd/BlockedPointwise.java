package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;

/// Element-wise functions of blocked arrays: plane by plane as contiguous runs. Padding lanes take part and are made
/// zero again where the function does not keep zero.
final class BlockedPointwise {

    private BlockedPointwise() {
    }

    /// Works on one plane of a block.
    @FunctionalInterface
    private interface Plane {
        void at(int n, int block);
    }

    private static void forEach(Workers workers, BlockedView y, Plane plane) {
        int blocks = y.blocks();
        workers.run(y.images() * blocks, i -> {
            plane.at(i / blocks, i % blocks);
        });
    }

    static void unary(Workers workers, UnarySpec spec, NDArray xs, NDArray ys) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        forEach(workers, y, (n, block) -> {
            int to = y.at(n, block);
            Unary.apply(spec, x.data(), x.at(n, block), y.data(), to, y.plane());
            y.clearPadding(block, to, y.height() * y.width());
        });
    }

    static void unaryBackward(Workers workers, UnarySpec spec, NDArray saved, NDArray dys, Target target) {
        var s = BlockedView.of(saved);
        var dy = BlockedView.of(dys);
        var dx = BlockedView.of(target.array());
        forEach(workers, dx, (n, block) -> {
            int to = dx.at(n, block);
            Unary.backward(spec, s.data(), s.at(n, block), dy.data(), dy.at(n, block), dx.data(), to, dx.plane(),
                    target.adds());
            dx.clearPadding(block, to, dx.height() * dx.width());
        });
    }

    static void binary(Workers workers, BinarySpec spec, NDArray as, NDArray bs, NDArray ys) {
        var a = BlockedView.of(as);
        var b = BlockedView.of(bs);
        var y = BlockedView.of(ys);
        forEach(workers, y, (n, block) -> {
            int to = y.at(n, block);
            Binary.apply(spec.kind(), a.data(), a.at(n, block), 1, b.data(), b.at(n, block), 1, y.data(), to, 1,
                    y.plane());
            y.clearPadding(block, to, y.height() * y.width());
        });
    }

    /// `y (+)= x` for two blocked arrays of one form.
    static void copy(Workers workers, NDArray xs, NDArray ys, boolean adds) {
        var x = BlockedView.of(xs);
        var y = BlockedView.of(ys);
        forEach(workers, y, (n, block) -> Loops.copy(x.data(), x.at(n, block), y.data(), y.at(n, block), y.plane(),
                adds));
    }
}
