package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.library.ConvCall.Arrays;
import dev.sextant.kernels.library.ConvCall.Choice;
import dev.sextant.kernels.settings.ConvDirection;
import dev.sextant.kernels.settings.GpuSettings;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import jcuda.jcudnn.JCudnn;

/// Convolution and its gradients by cuDNN. Which algorithm is taken for a geometry is decided once and kept, so the
/// same geometry always computes alike.
public final class CudnnConvolution {
    private final Cudnn cudnn;
    private final Descriptors descriptors;
    private final CudaContext context;
    private final GpuSettings settings;
    private final StreamWorkspace workspace;
    private final long workspaceLimit;
    private final ConvTrials trials;
    private final Map<Question, Choice> choices = new ConcurrentHashMap<>();

    CudnnConvolution(Cudnn cudnn, Descriptors descriptors, CudaContext context, DeviceMemory memory,
            GpuSettings settings) {
        this.cudnn = cudnn;
        this.descriptors = descriptors;
        this.context = context;
        this.settings = settings;
        this.workspace = new StreamWorkspace(memory);
        // Fast algorithms want workspaces as large as the arrays, which are as large as the device has room for.
        this.workspaceLimit = settings.workspaceLimit().orElse(context.memoryBytes() / 8);
        this.trials = new ConvTrials(cudnn, context, memory);
    }

    private record Question(ConvDirection direction, ConvProblem problem) {
    }

    /// `y = x ⋆ w`.
    public void forward(ConvProblem g, long x, long w, long y) {
        run(ConvDirection.FORWARD, g, new Arrays(x, w, y), false);
    }

    /// `dx (+)= dz ⋆ᵀ w`.
    public void backwardData(ConvProblem g, long dz, long w, long dx, boolean add) {
        run(ConvDirection.BACKWARD_DATA, g, new Arrays(dx, w, dz), add);
    }

    /// `dw (+)= x ⋆ dz`, summed over the batch.
    public void backwardFilter(ConvProblem g, long dz, long x, long dw, boolean add) {
        run(ConvDirection.BACKWARD_FILTER, g, new Arrays(x, dw, dz), add);
    }

    /// `dbias (+)= Σ dz` over all but the channels of `dz` `[n, k, pixels]`.
    public void backwardBias(int n, int k, int pixels, long dz, long dbias, boolean add) {
        cudnn.run("cudnnConvolutionBackwardBias", "[" + n + ", " + k + ", " + pixels + "]",
                handle -> JCudnn.cudnnConvolutionBackwardBias(handle, Factor.ONE, descriptors.tensor(n, k, 1, pixels),
                        pointer(dz), Factor.beta(add), descriptors.tensor(1, k, 1, 1), pointer(dbias)));
    }

    private void run(ConvDirection direction, ConvProblem problem, Arrays arrays, boolean add) {
        ConvCall call = ConvCall.of(descriptors, direction, problem);
        Choice choice = choices.computeIfAbsent(new Question(direction, problem), _ -> decide(call, arrays));
        // The workspace is asked for within the call, which cuDNN's lock keeps to one thread.
        cudnn.run(call.function(), problem, handle -> call.compute(handle, choice,
                workspace.atLeast(choice.workspace()), arrays, Factor.beta(add)));
    }

    /// Name of the algorithm that a problem is computed with. Where that is yet to be measured, it is the suggestion.
    public String algorithm(ConvDirection direction, ConvProblem problem) {
        Choice choice = choices.get(new Question(direction, problem));
        if (choice == null) {
            choice = suggested(ConvCall.of(descriptors, direction, problem));
        }
        return direction.algorithms().get(choice.algorithm());
    }

    // Nothing can be measured while a step is being recorded. It ran before, and what it convolved was measured then;
    // should it convolve something else the second time, the suggestion must do.
    private Choice decide(ConvCall call, Arrays arrays) {
        if (!settings.tune() || context.isRecording()) {
            return suggested(call);
        }
        return named(call).or(() -> trials.fastest(call, arrays, allowed(call).toList()))
                .orElseThrow(() -> noneFor(call));
    }

    private Choice suggested(ConvCall call) {
        return named(call).or(() -> allowed(call).findFirst()).orElseThrow(() -> noneFor(call));
    }

    // The algorithm that the settings name, if it supports the geometry.
    private Optional<Choice> named(ConvCall call) {
        return Optional.ofNullable(settings.algorithms().get(call.direction()))
                .flatMap(name -> choice(call, call.direction().number(name)));
    }

    // What cuDNN suggests and the settings allow, the best first.
    private Stream<Choice> allowed(ConvCall call) {
        return call.suggestions(cudnn).stream()
                .filter(s -> s.isPossible() && (s.isDeterministic() || !settings.deterministic())
                        && isAccurate(call, s.algorithm()))
                .flatMap(s -> choice(call, s.algorithm()).stream());
    }

    private DeviceException noneFor(ConvCall call) {
        return new DeviceException("cuda: cuDNN has no %s algorithm for the %s convolution %s within %d bytes of "
                + "workspace; allow more (workspace=BYTES), or compute with our own kernels (--gpu-lib own)",
                settings.deterministic() ? "deterministic" : "suitable", call.direction().label(), call.problem(),
                workspaceLimit);
    }

    // Winograd's transforms lose more digits the larger their tiles: in strict float32 those of 5×5 filters were off by
    // 2.8e-3 to 9.9e-3 of the largest result (H100, cuDNN 9.14), those of 3×3 filters by 6e-6 to 2.3e-5; TF32 costs
    // 2.5e-4 to 6.6e-4. cuDNN suggests the former all the same; here they are taken only by name.
    private static boolean isAccurate(ConvCall call, int algorithm) {
        return Math.max(call.problem().r(), call.problem().s()) <= 3
                || !call.direction().algorithms().get(algorithm).equals("winograd-nonfused");
    }

    // Empty if the algorithm does not support the geometry, or the settings do not allow it.
    private Optional<Choice> choice(ConvCall call, int algorithm) {
        long[] bytes = new long[1];
        int status = cudnn.ask("asking for a workspace size", handle -> call.workspaceSize(handle, algorithm, bytes));
        return status == 0 && bytes[0] <= workspaceLimit
                && (!settings.deterministic() || call.direction().isDeterministic(algorithm))
                        ? Optional.of(new Choice(algorithm, bytes[0]))
                        : Optional.empty();
    }
}
