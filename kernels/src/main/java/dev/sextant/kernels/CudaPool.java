package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.PoolKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.LaunchParameters;

/// Launches `pool.cu`. Max pooling keeps the winners' positions, so backward needs neither input nor output.
interface CudaPool extends PoolKernels, CudaFamily {

    /// The winners of a max pool.
    record Winners(NDArray at) implements Aux {
    }

    private static int[] window(Pool2dSpec s, Shape x, Shape y) {
        return new int[] {x.dim(0) * x.dim(1), x.dim(2), x.dim(3), y.dim(2), y.dim(3), s.kernel().h(), s.kernel().w(),
            s.stride().h(), s.stride().w(), s.pad().h(), s.pad().w(), s.dilation().h(), s.dilation().w(),
            s.countIncludePad() ? 1 : 0};
    }

    /// A kernel extent of 0 says "to a fixed size".
    private static int[] window(AdaptivePool2dSpec s, Shape x) {
        return new int[] {x.dim(0) * x.dim(1), x.dim(2), x.dim(3), s.output().h(), s.output().w(), 0, 0, 1, 1, 0, 0, 1,
            1, 0};
    }

    @Override
    default Keeps poolKeeps(Pool2dSpec spec) {
        return Keeps.NOTHING;
    }

    @Override
    default Aux pool2d(Pool2dSpec spec, NDArray x, NDArray y) {
        return forward(spec.opName(), spec.kind(), window(spec, x.shape(), y.shape()), x, y);
    }

    @Override
    default void pool2dBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        backward(spec.opName(), window(spec, dx.array().shape(), dy.shape()), dy, aux, dx);
    }

    @Override
    default void pool2dIndices(Pool2dSpec spec, NDArray x, NDArray indices) {
        winners(spec.opName(), window(spec, x.shape(), indices.shape()), x, indices);
    }

    @Override
    default Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec) {
        return Keeps.NOTHING;
    }

    @Override
    default Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray x, NDArray y) {
        return forward(spec.opName(), spec.kind(), window(spec, x.shape()), x, y);
    }

    @Override
    default void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux,
            Target dx) {
        backward(spec.opName(), window(spec, dx.array().shape()), dy, aux, dx);
    }

    @Override
    default void adaptivePool2dIndices(AdaptivePool2dSpec spec, NDArray x, NDArray indices) {
        winners(spec.opName(), window(spec, x.shape()), x, indices);
    }

    private Aux forward(String op, PoolKind kind, int[] window, NDArray x, NDArray y) {
        NDArray xd = floats(op, x);
        NDArray winners = kind == PoolKind.AVG ? null : NDArray.empty(y.shape(), DType.INT32, y.device());
        launcher().into(y, Write.SET, (yd, add) -> {
            var parameters = LaunchParameters.begin().struct(window).pointer(at(xd)).pointer(at(yd));
            if (winners == null) {
                launcher().elements("pool", "avg_pool", yd.size(), parameters, xd, yd);
            } else {
                launcher().elements("pool", "max_pool", yd.size(), parameters.pointer(at(winners)), xd, yd, winners);
            }
        });
        return winners == null ? null : new Winners(winners);
    }

    private void winners(String op, int[] window, NDArray x, NDArray indices) {
        NDArray xd = floats(op, x);
        CudaStorage.changed(indices);
        launcher().into(indices, Write.SET, (to, add) -> launcher().elements("pool", "max_pool", to.size(),
                LaunchParameters.begin().struct(window).pointer(at(xd)).pointer(0).pointer(at(to)), xd, to));
    }

    private void backward(String op, int[] window, NDArray dy, Aux aux, Target dx) {
        NDArray dyd = floats(op, dy);
        launcher().into(dx, (to, add) -> {
            var parameters = LaunchParameters.begin().struct(window).pointer(at(dyd));
            if (aux instanceof Winners winners) {
                launcher().elements("pool", "max_pool_backward", to.size(),
                        parameters.pointer(at(winners.at)).pointer(at(to)).int32(add), dyd, winners.at, to);
            } else {
                launcher().elements("pool", "avg_pool_backward", to.size(), parameters.pointer(at(to)).int32(add), dyd,
                        to);
            }
        });
    }
}
