package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.PoolKernels;
import dev.sextant.engine.spi.Target;

/// Pooling over row-major planes, one plane per chunk. Max pooling remembers the winners, so that backward needs
/// neither input nor output.
interface SimdPool extends PoolKernels, SimdPointwise {

    /// Positions `h·W + w` of the winners, int32, shaped like the output.
    record Winners(NDArray positions) implements Aux {
    }

    @Override
    default Keeps poolKeeps(Pool2dSpec spec) {
        return Keeps.NOTHING;
    }

    @Override
    default Aux pool2d(Pool2dSpec spec, NDArray x, NDArray y) {
        return forward(Windows.of(spec, x, y), spec.kind(), x, y);
    }

    @Override
    default void pool2dValues(Pool2dSpec spec, NDArray x, NDArray y) {
        if (spec.kind() == PoolKind.MAX && BlockedView.is(x) && BlockedView.is(y)) {
            BlockedPool.maxima(workers(), Windows.of(spec, x, y), x, y);
        } else {
            pool2d(spec, x, y);
        }
    }

    @Override
    default void pool2dBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        backward(Windows.of(spec, dx.array(), dy), spec.kind(), dy, aux, dx);
    }

    @Override
    default void pool2dIndices(Pool2dSpec spec, NDArray x, NDArray indices) {
        winners(Windows.of(spec, x, indices), x, null, indices);
    }

    @Override
    default Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec) {
        return Keeps.NOTHING;
    }

    @Override
    default Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray x, NDArray y) {
        return forward(Windows.of(spec, x), spec.kind(), x, y);
    }

    @Override
    default void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux,
            Target dx) {
        backward(Windows.of(spec, dx.array()), spec.kind(), dy, aux, dx);
    }

    @Override
    default void adaptivePool2dIndices(AdaptivePool2dSpec spec, NDArray x, NDArray indices) {
        winners(Windows.of(spec, x), x, null, indices);
    }

    private Aux forward(Windows windows, PoolKind kind, NDArray x, NDArray y) {
        if (BlockedView.is(x) && BlockedView.is(y)) {
            return BlockedPool.forward(workers(), windows, kind, x, y);
        }
        Plain result = Plain.of(y);
        Aux aux = forwardPlain(windows, kind, x, result.array());
        result.store(this);
        return aux;
    }

    private Aux forwardPlain(Windows windows, PoolKind kind, NDArray x, NDArray y) {
        if (kind == PoolKind.MAX) {
            NDArray positions = NDArray.empty(y.shape(), DType.INT32, y.device());
            winners(windows, x, y, positions);
            return new Winners(positions);
        }
        var from = Strides.of(x);
        var to = Strides.into(y);
        forEachPlane(x, (n, c) -> {
            int source = from.base() + n * from.step()[0] + c * from.step()[1];
            int result = to.base() + n * to.step()[0] + c * to.step()[1];
            Planes.average(windows, from.data(), source, from.step()[2], from.step()[3], to.data(), result,
                    to.step()[2], to.step()[3]);
        });
        return null;
    }

    /// @param y where the maxima go, or null if only their positions are wanted
    private void winners(Windows windows, NDArray x, NDArray y, NDArray positions) {
        var from = Strides.of(x);
        var to = y == null ? null : Strides.into(y);
        int[] found = HostStorage.ints(positions);
        int start = HostStorage.start(positions);
        int plane = windows.rows() * windows.columns();
        int channels = x.dim(1);
        forEachPlane(x, (n, c) -> {
            int source = from.base() + n * from.step()[0] + c * from.step()[1];
            int at = start + (n * channels + c) * plane;
            Planes.winners(windows, from.data(), source, from.step()[2], from.step()[3], x.dim(3), found, at);
            if (to != null) {
                int result = to.base() + n * to.step()[0] + c * to.step()[1];
                Planes.pick(windows, from.data(), source, from.step()[2], from.step()[3], x.dim(3), found, at,
                        to.data(), result, to.step()[2], to.step()[3]);
            }
        });
    }

    private void backward(Windows windows, PoolKind kind, NDArray dy, Aux aux, Target dx) {
        if (aux instanceof BlockedPool.LaneWinners || aux == null && BlockedView.is(dx.array())) {
            BlockedPool.backward(workers(), windows, kind, BlockedMoves.blocked(workers(), dy), aux, dx);
            return;
        }
        Plain result = Plain.of(dx);
        backwardPlain(windows, kind, dy, aux, result.target());
        result.store(this);
    }

    private void backwardPlain(Windows windows, PoolKind kind, NDArray dy, Aux aux, Target dx) {
        NDArray result = dx.array();
        var from = Strides.of(dy);
        var to = Strides.into(result);
        int[] found = kind == PoolKind.MAX ? HostStorage.ints(((Winners) aux).positions()) : null;
        int start = kind == PoolKind.MAX ? HostStorage.start(((Winners) aux).positions()) : 0;
        int plane = windows.rows() * windows.columns();
        boolean quarters = windows.areQuarters() && !dx.adds() && from.step()[3] == 1 && to.step()[3] == 1
                && result.dim(2) == 2 * windows.rows() && result.dim(3) == 2 * windows.columns();
        forEachPlane(result, (n, c) -> {
            int source = from.base() + n * from.step()[0] + c * from.step()[1];
            int at = to.base() + n * to.step()[0] + c * to.step()[1];
            if (kind == PoolKind.AVG && quarters) {
                Planes.quarters(windows, from.data(), source, from.step()[2], to.data(), at, to.step()[2]);
                return;
            }
            if (!dx.adds()) {
                Planes.clear(to.data(), at, to.step()[2], to.step()[3], result.dim(2), result.dim(3));
            }
            if (kind == PoolKind.MAX) {
                Planes.scatter(windows, from.data(), source, from.step()[2], from.step()[3], found,
                        start + (n * result.dim(1) + c) * plane, result.dim(3), to.data(), at, to.step()[2],
                        to.step()[3]);
            } else {
                Planes.spread(windows, from.data(), source, from.step()[2], from.step()[3], to.data(), at,
                        to.step()[2], to.step()[3]);
            }
        });
    }

    /// Visits one plane of an array.
    @FunctionalInterface
    interface Plane {
        void at(int n, int c);
    }

    private void forEachPlane(NDArray x, Plane plane) {
        int channels = x.dim(1);
        int planes = x.dim(0) * channels;
        int perChunk = Math.max(1, (1 << 13) / Math.max(1, x.dim(2) * x.dim(3)));
        workers().run(Math.ceilDiv(planes, perChunk), chunk -> {
            for (int i = chunk * perChunk; i < Math.min(planes, (chunk + 1) * perChunk); i++) {
                plane.at(i / channels, i % channels);
            }
        });
    }
}
