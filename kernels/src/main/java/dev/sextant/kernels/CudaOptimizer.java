package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.op.ReduceSpec.Kind;
import dev.sextant.engine.spi.OptimizerKernels;
import dev.sextant.kernels.driver.LaunchParameters;
import java.util.List;

/// Launches `optim.cu`.
interface CudaOptimizer extends OptimizerKernels, CudaFamily {

    @Override
    default void optimize(OptimizerSpec spec, long step, NDArray param, NDArray grad, List<NDArray> state) {
        NDArray g = floats(spec.opName(), grad);
        requireDense(spec, param);
        state.forEach(s -> requireDense(spec, s));
        int n = (int) param.size();
        var parameters = switch (spec) {
            case OptimizerSpec.Sgd o -> begin(param, g, o.momentum() == 0 ? null : state.getFirst()).int32(n)
                    .float32((float) o.lr()).float32((float) o.momentum()).float32((float) (1 - o.dampening()))
                    .float32((float) o.weightDecay()).int32(o.nesterov() ? 1 : 0).int32(step == 1 ? 1 : 0);
            case OptimizerSpec.Adam o -> begin(param, g, state.get(0), state.get(1), o.amsgrad() ? state.get(2) : null)
                    .int32(n).struct(bits(o.lr(), o.beta1(), 1 - o.beta1(), o.beta2(), 1 - o.beta2(),
                            1 - Math.pow(o.beta1(), step), 1 - Math.pow(o.beta2(), step), o.eps(), o.weightDecay()))
                    .int32(o.decoupled() ? 1 : 0);
            case OptimizerSpec.RmsProp o -> begin(param, g, state.getFirst(),
                    o.momentum() == 0 ? null : state.get(1), o.centered() ? state.getLast() : null).int32(n)
                    .float32((float) o.lr()).float32((float) o.alpha()).float32((float) (1 - o.alpha()))
                    .float32((float) o.eps()).float32((float) o.weightDecay()).float32((float) o.momentum());
            case OptimizerSpec.Adagrad o -> begin(param, g, state.getFirst()).int32(n)
                    .float32((float) (o.lr() / (1 + (step - 1) * o.lrDecay()))).float32((float) o.weightDecay())
                    .float32((float) o.eps());
            case OptimizerSpec.Adadelta o -> begin(param, g, state.get(0), state.get(1)).int32(n)
                    .float32((float) o.lr()).float32((float) o.rho()).float32((float) (1 - o.rho()))
                    .float32((float) o.eps()).float32((float) o.weightDecay());
        };
        String kernel = switch (spec) {
            case OptimizerSpec.Sgd _ -> "sgd";
            case OptimizerSpec.Adam _ -> "adam";
            case OptimizerSpec.RmsProp _ -> "rmsprop";
            case OptimizerSpec.Adagrad _ -> "adagrad";
            case OptimizerSpec.Adadelta _ -> "adadelta";
        };
        launcher().elements("optim", kernel, n, parameters, param, g);
        Launcher.keep(state.toArray(NDArray[]::new));
    }

    private static void requireDense(OptimizerSpec spec, NDArray x) {
        if (!x.isContiguous()) {
            throw new DeviceException("%s: updates are in place, so parameter and state must be contiguous, but one "
                    + "is the view %s", spec.opName(), x);
        }
    }

    private static LaunchParameters begin(NDArray... arrays) {
        var parameters = LaunchParameters.begin();
        for (NDArray array : arrays) {
            parameters.pointer(at(array));
        }
        return parameters;
    }

    private static int[] bits(double... values) {
        int[] bits = new int[values.length];
        java.util.Arrays.setAll(bits, i -> Float.floatToRawIntBits((float) values[i]));
        return bits;
    }

    /// Waits for the device: the sum is wanted on the host.
    @Override
    default double sumOfSquares(NDArray x) {
        NDArray xd = floats("sum_of_squares", x);
        NDArray sum = CudaReduce.scratch(x, 1);
        CudaReduce.run(launcher(), Reduction.of("sum_of_squares", x.shape(), axis -> true), CudaReduce.DOT, 1, xd, xd,
                new CudaReduce.Results(sum, null, null), 0);
        return sum.toFloats()[0];
    }
}
