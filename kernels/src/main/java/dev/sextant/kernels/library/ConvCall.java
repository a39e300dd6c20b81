package dev.sextant.kernels.library;

import static dev.sextant.kernels.library.Addresses.pointer;

import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.settings.ConvDirection;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// A convolution in one direction, as cuDNN is told of it. What the three directions ask of cuDNN differs in names and
/// in the order of the operands; here it is one.
record ConvCall(ConvDirection direction, ConvProblem problem, cudnnTensorDescriptor x, cudnnFilterDescriptor w,
        cudnnConvolutionDescriptor convolution, cudnnTensorDescriptor y) {

    /// An algorithm, by cuDNN's number, and the bytes it computes in.
    record Choice(int algorithm, long workspace) {
    }

    /// Addresses of input, filter and output, or of their gradients: which of the three is the result follows from the
    /// direction.
    record Arrays(long x, long w, long y) {
    }

    static ConvCall of(Descriptors descriptors, ConvDirection direction, ConvProblem g) {
        return new ConvCall(direction, g, descriptors.tensor(g.n(), g.c(), g.h(), g.w()),
                descriptors.filter(g.k(), g.c() / g.groups(), g.r(), g.s()), descriptors.convolution(g),
                descriptors.tensor(g.n(), g.k(), g.p(), g.q()));
    }

    /// Name of cuDNN's function.
    String function() {
        return switch (direction) {
            case FORWARD -> "cudnnConvolutionForward";
            case BACKWARD_DATA -> "cudnnConvolutionBackwardData";
            case BACKWARD_FILTER -> "cudnnConvolutionBackwardFilter";
        };
    }

    /// What cuDNN advises, the best first.
    List<Suggestion> suggestions(Cudnn cudnn) {
        return Suggestion.ask(cudnn, direction, x, w, convolution, y);
    }

    /// Asks what an algorithm computes in; the status says whether it supports the geometry.
    int workspaceSize(cudnnHandle handle, int algorithm, long[] bytes) {
        return switch (direction) {
            case FORWARD -> JCudnn.cudnnGetConvolutionForwardWorkspaceSize(handle, x, w, convolution, y, algorithm,
                    bytes);
            case BACKWARD_DATA -> JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(handle, w, y, convolution, x,
                    algorithm, bytes);
            case BACKWARD_FILTER -> JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(handle, x, y, convolution, w,
                    algorithm, bytes);
        };
    }

    /// Queues the convolution.
    ///
    /// @param beta factor of the result's old contents
    int compute(cudnnHandle handle, Choice choice, long workspace, Arrays a, Pointer beta) {
        return switch (direction) {
            case FORWARD -> JCudnn.cudnnConvolutionForward(handle, Factor.ONE, x, pointer(a.x), w, pointer(a.w),
                    convolution, choice.algorithm, pointer(workspace), choice.workspace, beta, y, pointer(a.y));
            case BACKWARD_DATA -> JCudnn.cudnnConvolutionBackwardData(handle, Factor.ONE, w, pointer(a.w), y,
                    pointer(a.y), convolution, choice.algorithm, pointer(workspace), choice.workspace, beta, x,
                    pointer(a.x));
            case BACKWARD_FILTER -> JCudnn.cudnnConvolutionBackwardFilter(handle, Factor.ONE, x, pointer(a.x), y,
                    pointer(a.y), convolution, choice.algorithm, pointer(workspace), choice.workspace, beta, w,
                    pointer(a.w));
        };
    }

    /// Bytes of the result.
    long resultBytes() {
        return 4 * switch (direction) {
            case FORWARD -> problem.outputs();
            case BACKWARD_DATA -> problem.inputs();
            case BACKWARD_FILTER -> (long) problem.k() * problem.taps();
        };
    }

    /// The same operands with another result.
    Arrays into(long result, Arrays a) {
        return switch (direction) {
            case FORWARD -> new Arrays(a.x, a.w, result);
            case BACKWARD_DATA -> new Arrays(result, a.w, a.y);
            case BACKWARD_FILTER -> new Arrays(a.x, result, a.y);
        };
    }
}
