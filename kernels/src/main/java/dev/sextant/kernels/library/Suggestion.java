package dev.sextant.kernels.library;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.settings.ConvDirection;
import java.util.ArrayList;
import java.util.List;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// One line of cuDNN's advice on a convolution.
///
/// JCudnn's three answers are read with care: `mathType` is not copied back for two of them and is never looked at;
/// and when the call fails the count of answers is what lay in memory, so that JCudnn may run over its own array.
record Suggestion(int algorithm, boolean isPossible, boolean isDeterministic) {

    /// Asks for all algorithms, the best first.
    static List<Suggestion> ask(Cudnn cudnn, ConvDirection direction, cudnnTensorDescriptor x, cudnnFilterDescriptor w,
            cudnnConvolutionDescriptor convolution, cudnnTensorDescriptor y) {
        int most = direction.algorithms().size();
        int[] count = new int[1];
        var forward = new cudnnConvolutionFwdAlgoPerf[most];
        var data = new cudnnConvolutionBwdDataAlgoPerf[most];
        var filter = new cudnnConvolutionBwdFilterAlgoPerf[most];
        for (int i = 0; i < most; i++) {
            forward[i] = new cudnnConvolutionFwdAlgoPerf();
            data[i] = new cudnnConvolutionBwdDataAlgoPerf();
            filter[i] = new cudnnConvolutionBwdFilterAlgoPerf();
        }
        String function = "asking for algorithms (" + direction.label() + ")";
        try {
            cudnn.run(function, convolution, handle -> switch (direction) {
                case FORWARD -> JCudnn.cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, convolution, y, most, count,
                        forward);
                case BACKWARD_DATA -> JCudnn.cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, w, y, convolution, x,
                        most, count, data);
                case BACKWARD_FILTER -> JCudnn.cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, y, convolution,
                        w, most, count, filter);
            });
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new DeviceException(e, "cuda: %s failed; cuDNN's status is lost in JCudnn. Compute with our own "
                    + "kernels (--gpu-lib own), or name an algorithm", function);
        }
        List<Suggestion> suggestions = new ArrayList<>();
        for (int i = 0; i < Math.clamp(count[0], 0, most); i++) {
            suggestions.add(switch (direction) {
                case FORWARD -> of(forward[i].algo, forward[i].status, forward[i].determinism);
                case BACKWARD_DATA -> of(data[i].algo, data[i].status, data[i].determinism);
                case BACKWARD_FILTER -> of(filter[i].algo, filter[i].status, filter[i].determinism);
            });
        }
        return suggestions;
    }

    private static Suggestion of(int algorithm, int status, int determinism) {
        return new Suggestion(algorithm, status == 0, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC);
    }
}
