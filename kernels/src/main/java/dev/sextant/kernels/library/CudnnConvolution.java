package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.settings.ConvDirection;
import dev.sextant.kernels.settings.GpuSettings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// Convolution and its gradients by cuDNN. Which algorithm is taken for a geometry is decided once and kept, so the
/// same geometry always computes alike.
public final class CudnnConvolution {
    private final Cudnn cudnn;
    private final Descriptors descriptors;
    private final GpuSettings settings;
    private final StreamWorkspace workspace;
    private final Map<Question, Choice> choices = new ConcurrentHashMap<>();

    CudnnConvolution(Cudnn cudnn, Descriptors descriptors, DeviceMemory memory, GpuSettings settings) {
        this.cudnn = cudnn;
        this.descriptors = descriptors;
        this.settings = settings;
        this.workspace = new StreamWorkspace(memory);
    }

    private record Question(ConvDirection direction, ConvProblem problem) {
    }

    /// An algorithm, by cuDNN's number, and the bytes it computes in.
    private record Choice(int algorithm, long workspace) {
    }

    /// The descriptors of one problem.
    private record Described(cudnnTensorDescriptor x, cudnnFilterDescriptor w, cudnnConvolutionDescriptor convolution,
            cudnnTensorDescriptor y) {
    }

    private Described describe(ConvProblem g) {
        return new Described(descriptors.tensor(g.n(), g.c(), g.h(), g.w()),
                descriptors.filter(g.k(), g.c() / g.groups(), g.r(), g.s()), descriptors.convolution(g),
                descriptors.tensor(g.n(), g.k(), g.p(), g.q()));
    }

    /// `y = x ⋆ w`.
    public void forward(ConvProblem g, long x, long w, long y) {
        Choice choice = choice(ConvDirection.FORWARD, g);
        Described d = describe(g);
        cudnn.run("cudnnConvolutionForward", g, handle -> JCudnn.cudnnConvolutionForward(handle, Factor.ONE, d.x,
                pointer(x), d.w, pointer(w), d.convolution, choice.algorithm, workspace(choice), choice.workspace,
                Factor.ZERO, d.y, pointer(y)));
    }

    /// `dx (+)= dz ⋆ᵀ w`.
    public void backwardData(ConvProblem g, long dz, long w, long dx, boolean add) {
        Choice choice = choice(ConvDirection.BACKWARD_DATA, g);
        Described d = describe(g);
        cudnn.run("cudnnConvolutionBackwardData", g, handle -> JCudnn.cudnnConvolutionBackwardData(handle, Factor.ONE,
                d.w, pointer(w), d.y, pointer(dz), d.convolution, choice.algorithm, workspace(choice),
                choice.workspace, Factor.beta(add), d.x, pointer(dx)));
    }

    /// `dw (+)= x ⋆ dz`, summed over the batch.
    public void backwardFilter(ConvProblem g, long dz, long x, long dw, boolean add) {
        Choice choice = choice(ConvDirection.BACKWARD_FILTER, g);
        Described d = describe(g);
        cudnn.run("cudnnConvolutionBackwardFilter", g, handle -> JCudnn.cudnnConvolutionBackwardFilter(handle,
                Factor.ONE, d.x, pointer(x), d.y, pointer(dz), d.convolution, choice.algorithm, workspace(choice),
                choice.workspace, Factor.beta(add), d.w, pointer(dw)));
    }

    /// `dbias (+)= Σ dz` over all but the channels of `dz` `[n, k, pixels]`.
    public void backwardBias(int n, int k, int pixels, long dz, long dbias, boolean add) {
        cudnn.run("cudnnConvolutionBackwardBias", "[" + n + ", " + k + ", " + pixels + "]",
                handle -> JCudnn.cudnnConvolutionBackwardBias(handle, Factor.ONE, descriptors.tensor(n, k, 1, pixels),
                        pointer(dz), Factor.beta(add), descriptors.tensor(1, k, 1, 1), pointer(dbias)));
    }

    // Called within a call of cuDNN, which its lock keeps to one thread.
    private jcuda.Pointer workspace(Choice choice) {
        return pointer(workspace.atLeast(choice.workspace));
    }

    /// Name of the algorithm that a problem is computed with.
    public String algorithm(ConvDirection direction, ConvProblem problem) {
        return direction.algorithms().get(choice(direction, problem).algorithm);
    }

    private Choice choice(ConvDirection direction, ConvProblem problem) {
        return choices.computeIfAbsent(new Question(direction, problem), this::decide);
    }

    private Choice decide(Question question) {
        Described d = describe(question.problem);
        String named = settings.algorithms().get(question.direction);
        if (named != null) {
            int algorithm = question.direction.number(named);
            long bytes = workspaceFor(question.direction, algorithm, d);
            if (bytes >= 0 && isWelcome(question.direction, algorithm, bytes)) {
                return new Choice(algorithm, bytes);
            }
        }
        for (Suggestion s : Suggestion.ask(cudnn, question.direction, d.x, d.w, d.convolution, d.y)) {
            long bytes = s.isPossible() ? workspaceFor(question.direction, s.algorithm(), d) : -1;
            if (bytes >= 0 && (s.isDeterministic() || !settings.deterministic()) && isAccurate(question, s.algorithm())
                    && isWelcome(question.direction, s.algorithm(), bytes)) {
                return new Choice(s.algorithm(), bytes);
            }
        }
        throw new DeviceException("cuda: cuDNN has no %s algorithm for the %s convolution %s within %d bytes of "
                + "workspace; allow more (workspace=BYTES), or compute with our own kernels (--gpu-lib own)",
                settings.deterministic() ? "deterministic" : "suitable", question.direction.label(), question.problem,
                settings.workspaceLimit());
    }

    private boolean isWelcome(ConvDirection direction, int algorithm, long bytes) {
        return bytes <= settings.workspaceLimit()
                && (!settings.deterministic() || direction.isDeterministic(algorithm));
    }

    // Winograd's transforms lose more digits the larger their tiles: in strict float32 those of 5×5 filters were off by
    // 2.8e-3 to 9.9e-3 of the largest result (H100, cuDNN 9.14), those of 3×3 filters by 6e-6 to 2.3e-5; TF32 costs
    // 2.5e-4 to 6.6e-4. cuDNN suggests the former all the same; here they are taken only by name.
    private static boolean isAccurate(Question question, int algorithm) {
        return Math.max(question.problem.r(), question.problem.s()) <= 3
                || !question.direction.algorithms().get(algorithm).equals("winograd-nonfused");
    }

    // What the algorithm computes in, or −1 if it does not support the geometry.
    private long workspaceFor(ConvDirection direction, int algorithm, Described d) {
        long[] bytes = new long[1];
        int status = cudnn.ask("asking for a workspace size", handle -> size(handle, direction, algorithm, d, bytes));
        return status == 0 ? bytes[0] : -1;
    }

    private static int size(cudnnHandle handle, ConvDirection direction, int algorithm, Described d, long[] bytes) {
        return switch (direction) {
            case FORWARD -> JCudnn.cudnnGetConvolutionForwardWorkspaceSize(handle, d.x, d.w, d.convolution, d.y,
                    algorithm, bytes);
            case BACKWARD_DATA -> JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(handle, d.w, d.y, d.convolution,
                    d.x, algorithm, bytes);
            case BACKWARD_FILTER -> JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, d.x, d.y,
                    d.convolution, d.w, algorithm, bytes);
        };
    }
}
