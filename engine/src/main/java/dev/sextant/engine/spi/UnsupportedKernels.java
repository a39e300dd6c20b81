package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.GroupNormSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.LayerNormSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.LocalResponseNormSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.ResizeSpec;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import java.util.List;

/// The base of a backend that does not have every kernel: what it lacks fails by name, and is never computed
/// elsewhere in silence.
public abstract class UnsupportedKernels implements Kernels {
    private final String backend;

    /// @param backend the backend's name, for the message
    protected UnsupportedKernels(String backend) {
        this.backend = backend;
    }

    private DeviceException missing(String kernel) {
        return new DeviceException("%s: this backend has no kernel for %s yet; use the device 'simd'", backend, kernel);
    }

    @Override
    public void matmul(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        throw missing("matmul");
    }

    @Override
    public void linear(LinearSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        throw missing("linear");
    }

    @Override
    public void linearBackwardData(LinearSpec spec, NDArray dz, NDArray w, Target dx) {
        throw missing("linearBackwardData");
    }

    @Override
    public void linearBackwardWeight(LinearSpec spec, NDArray dz, NDArray x, Target dw) {
        throw missing("linearBackwardWeight");
    }

    @Override
    public void linearBackwardBias(LinearSpec spec, NDArray dz, Target dbias) {
        throw missing("linearBackwardBias");
    }

    @Override
    public void conv2d(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        throw missing("conv2d");
    }

    @Override
    public void conv2dBackwardData(Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        throw missing("conv2dBackwardData");
    }

    @Override
    public void conv2dBackwardFilter(Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        throw missing("conv2dBackwardFilter");
    }

    @Override
    public void conv2dBackwardBias(Conv2dSpec spec, NDArray dz, Target dbias) {
        throw missing("conv2dBackwardBias");
    }

    @Override
    public Keeps poolKeeps(Pool2dSpec spec) {
        throw missing("poolKeeps");
    }

    @Override
    public Aux pool2d(Pool2dSpec spec, NDArray x, NDArray y) {
        throw missing("pool2d");
    }

    @Override
    public void pool2dBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        throw missing("pool2dBackward");
    }

    @Override
    public void pool2dIndices(Pool2dSpec spec, NDArray x, NDArray indices) {
        throw missing("pool2dIndices");
    }

    @Override
    public Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec) {
        throw missing("adaptivePoolKeeps");
    }

    @Override
    public Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray x, NDArray y) {
        throw missing("adaptivePool2d");
    }

    @Override
    public void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        throw missing("adaptivePool2dBackward");
    }

    @Override
    public void adaptivePool2dIndices(AdaptivePool2dSpec spec, NDArray x, NDArray indices) {
        throw missing("adaptivePool2dIndices");
    }

    @Override
    public Aux batchNorm(BatchNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray runningMean,
            NDArray runningVar, NDArray y) {
        throw missing("batchNorm");
    }

    @Override
    public void batchNormBackward(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        throw missing("batchNormBackward");
    }

    @Override
    public Aux layerNorm(LayerNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        throw missing("layerNorm");
    }

    @Override
    public void layerNormBackward(LayerNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        throw missing("layerNormBackward");
    }

    @Override
    public Aux groupNorm(GroupNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray y) {
        throw missing("groupNorm");
    }

    @Override
    public void groupNormBackward(GroupNormSpec spec, NDArray dy, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        throw missing("groupNormBackward");
    }

    @Override
    public void localResponseNorm(LocalResponseNormSpec spec, NDArray x, NDArray y) {
        throw missing("localResponseNorm");
    }

    @Override
    public void localResponseNormBackward(LocalResponseNormSpec spec, NDArray dy, NDArray x, NDArray y, Target dx) {
        throw missing("localResponseNormBackward");
    }

    @Override
    public void fill(double value, NDArray y) {
        throw missing("fill");
    }

    @Override
    public void copy(NDArray x, NDArray y, Write write) {
        throw missing("copy");
    }

    @Override
    public void unary(UnarySpec spec, NDArray x, NDArray y) {
        throw missing("unary");
    }

    @Override
    public void unaryBackward(UnarySpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        throw missing("unaryBackward");
    }

    @Override
    public void binary(BinarySpec spec, NDArray a, NDArray b, NDArray y) {
        throw missing("binary");
    }

    @Override
    public void binaryBackward(BinarySpec spec, NDArray a, NDArray b, NDArray dy, Target da, Target db) {
        throw missing("binaryBackward");
    }

    @Override
    public void where(NDArray condition, NDArray a, NDArray b, NDArray y) {
        throw missing("where");
    }

    @Override
    public void whereBackward(NDArray condition, NDArray dy, Target da, Target db) {
        throw missing("whereBackward");
    }

    @Override
    public void dropout(DropoutSpec spec, NDArray x, NDArray y) {
        throw missing("dropout");
    }

    @Override
    public void dropoutBackward(DropoutSpec spec, NDArray dy, Target dx) {
        throw missing("dropoutBackward");
    }

    @Override
    public void reduce(ReduceSpec spec, NDArray x, NDArray y, NDArray indices) {
        throw missing("reduce");
    }

    @Override
    public void reduceBackward(ReduceSpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        throw missing("reduceBackward");
    }

    @Override
    public void cumsum(CumsumSpec spec, NDArray x, NDArray y) {
        throw missing("cumsum");
    }

    @Override
    public void cumsumBackward(CumsumSpec spec, NDArray dy, Target dx) {
        throw missing("cumsumBackward");
    }

    @Override
    public void softmax(SoftmaxSpec spec, NDArray x, NDArray y) {
        throw missing("softmax");
    }

    @Override
    public void softmaxBackward(SoftmaxSpec spec, NDArray y, NDArray dy, Target dx) {
        throw missing("softmaxBackward");
    }

    @Override
    public void indexSelect(IndexSelectSpec spec, NDArray x, NDArray index, NDArray y) {
        throw missing("indexSelect");
    }

    @Override
    public void indexSelectBackward(IndexSelectSpec spec, NDArray dy, NDArray index, Target dx) {
        throw missing("indexSelectBackward");
    }

    @Override
    public void gather(GatherSpec spec, NDArray x, NDArray index, NDArray y) {
        throw missing("gather");
    }

    @Override
    public void gatherBackward(GatherSpec spec, NDArray dy, NDArray index, Target dx) {
        throw missing("gatherBackward");
    }

    @Override
    public void oneHot(OneHotSpec spec, NDArray labels, NDArray y) {
        throw missing("oneHot");
    }

    @Override
    public void pad(PadSpec spec, NDArray x, NDArray y) {
        throw missing("pad");
    }

    @Override
    public void padBackward(PadSpec spec, NDArray dy, Target dx) {
        throw missing("padBackward");
    }

    @Override
    public void resize(ResizeSpec spec, NDArray x, NDArray y) {
        throw missing("resize");
    }

    @Override
    public void resizeBackward(ResizeSpec spec, NDArray dy, Target dx) {
        throw missing("resizeBackward");
    }

    @Override
    public Aux crossEntropy(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight, NDArray loss) {
        throw missing("crossEntropy");
    }

    @Override
    public void crossEntropyBackward(CrossEntropySpec spec, NDArray logits, NDArray target, NDArray weight,
            NDArray dloss, Aux aux, Target dlogits) {
        throw missing("crossEntropyBackward");
    }

    @Override
    public void elementLoss(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray loss) {
        throw missing("elementLoss");
    }

    @Override
    public void elementLossBackward(ElementLossSpec spec, NDArray input, NDArray target, NDArray weight, NDArray dloss,
            Target dinput, Target dtarget) {
        throw missing("elementLossBackward");
    }

    @Override
    public void optimize(OptimizerSpec spec, long step, NDArray param, NDArray grad, List<NDArray> state) {
        throw missing("optimize");
    }

    @Override
    public double sumOfSquares(NDArray x) {
        throw missing("sumOfSquares");
    }
}
