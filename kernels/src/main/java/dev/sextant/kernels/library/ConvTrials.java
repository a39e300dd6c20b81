package dev.sextant.kernels.library;

import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.StreamTimer;
import dev.sextant.kernels.library.ConvCall.Arrays;
import dev.sextant.kernels.library.ConvCall.Choice;
import java.util.List;
import java.util.Optional;

/// Finds the fastest algorithm for a convolution by running them: on an H100, cuDNN's first suggestion often takes 1.3
/// to 1.7 times as long.
final class ConvTrials {
    private static final int RUNS = 3;
    /// cuDNN 9 has a status of this thousand for every reason why something is not supported.
    private static final int NOT_SUPPORTED = 3;

    private final Cudnn cudnn;
    private final CudaContext context;
    private final DeviceMemory memory;

    ConvTrials(Cudnn cudnn, CudaContext context, DeviceMemory memory) {
        this.cudnn = cudnn;
        this.context = context;
        this.memory = memory;
    }

    /// The candidate with the least median time, among equals the first; empty if none supports the geometry after all.
    /// Waits for the device.
    ///
    /// @param arrays of which the operands are read; the result, to which the caller may want to add, is left alone
    Optional<Choice> fastest(ConvCall call, Arrays arrays, List<Choice> candidates) {
        if (candidates.size() == 1) {
            return Optional.of(candidates.getFirst());
        }
        Choice fastest = null;
        double least = Double.POSITIVE_INFINITY;
        try (var timer = new StreamTimer(context); var result = memory.workspace(call.resultBytes())) {
            Arrays trial = call.into(result.address(), arrays);
            for (Choice candidate : candidates) {
                double milliseconds = time(timer, call, trial, candidate);
                if (milliseconds < least) {
                    least = milliseconds;
                    fastest = candidate;
                }
            }
        }
        return Optional.ofNullable(fastest);
    }

    // Infinite if cuDNN finds only now that the algorithm does not support the geometry.
    private double time(StreamTimer timer, ConvCall call, Arrays arrays, Choice choice) {
        try (var workspace = memory.workspace(choice.workspace())) {
            int status = cudnn.ask(call.function(),
                    handle -> call.compute(handle, choice, workspace.address(), arrays, Factor.ZERO));
            if (status / 1000 == NOT_SUPPORTED) {
                return Double.POSITIVE_INFINITY;
            }
            Cudnn.check(status, call.function(), call.problem());
            Runnable run = () -> cudnn.run(call.function(), call.problem(),
                    handle -> call.compute(handle, choice, workspace.address(), arrays, Factor.ZERO));
            double[] milliseconds = new double[RUNS];
            for (int i = 0; i < RUNS; i++) {
                // Behind another run, so that the device is busy while the host prepares the one that is timed.
                run.run();
                milliseconds[i] = timer.milliseconds(run);
            }
            java.util.Arrays.sort(milliseconds);
            return milliseconds[RUNS / 2];
        }
    }
}
