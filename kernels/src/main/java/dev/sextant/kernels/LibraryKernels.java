package dev.sextant.kernels;

import static dev.sextant.kernels.Launcher.at;
import static dev.sextant.kernels.Launcher.floats;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.library.Cublas;
import dev.sextant.kernels.library.CudnnPointwise;
import dev.sextant.kernels.library.CudnnPooling;
import dev.sextant.kernels.library.Libraries;
import dev.sextant.kernels.settings.ConvDirection;
import dev.sextant.kernels.settings.GpuSettings;

/// What cuBLAS and cuDNN compute. The rest is inherited: our own kernels, for the operations that the libraries do not
/// have, for forms of them that they cannot express, and for arrays without elements. Which it is follows from the
/// spec and the shapes alone, before anything is called; a call that fails is an error and is not tried elsewhere.
final class LibraryKernels extends CudaKernels {
    private final Libraries libraries;

    LibraryKernels(CudaContext context, DeviceMemory memory, GpuSettings settings) {
        super(context, memory);
        this.libraries = new Libraries(context, memory, settings);
    }

    /// Names and versions of the libraries, and their settings.
    @Override
    public String toString() {
        return libraries.toString();
    }

    // ---- products and convolutions ----

    @Override
    String algorithm(GemmProblem problem) {
        return Cublas.supports(problem) ? "cublas" : super.algorithm(problem);
    }

    @Override
    String algorithm(ConvDirection direction, ConvProblem problem) {
        return isEmpty(problem) ? super.algorithm(direction, problem)
                : "cudnn-" + libraries.convolution().algorithm(direction, problem);
    }

    private static boolean isEmpty(ConvProblem problem) {
        return problem.inputs() == 0 || problem.outputs() == 0;
    }

    @Override
    void multiply(GemmProblem problem, long a, long b, long c) {
        if (Cublas.supports(problem)) {
            libraries.cublas().multiply(problem, a, b, c);
        } else {
            super.multiply(problem, a, b, c);
        }
    }

    @Override
    void convolve(ConvProblem problem, long x, long w, long y) {
        if (isEmpty(problem)) {
            super.convolve(problem, x, w, y);
        } else {
            libraries.convolution().forward(problem, x, w, y);
        }
    }

    @Override
    void convolveBackwardData(ConvProblem problem, long dz, long w, long dx, boolean add) {
        if (isEmpty(problem)) {
            super.convolveBackwardData(problem, dz, w, dx, add);
        } else {
            libraries.convolution().backwardData(problem, dz, w, dx, add);
        }
    }

    @Override
    void convolveBackwardFilter(ConvProblem problem, long dz, long x, long dw, boolean add) {
        if (isEmpty(problem)) {
            super.convolveBackwardFilter(problem, dz, x, dw, add);
        } else {
            libraries.convolution().backwardFilter(problem, dz, x, dw, add);
        }
    }

    // A bias with an activation is one pass of our own kernel, and would be two of cuDNN's: its one fused call turns
    // NaN into 0 and has no gradient to go with it.
    @Override
    void biasAndActivation(UnarySpec activation, NDArray bias, NDArray y, int outer, int channels, int inner) {
        if (bias != null && activation.isIdentity() && y.size() > 0) {
            NDArray dense = floats("bias", bias);
            libraries.pointwise().addBias(outer, channels, inner, at(dense), at(y));
            Launcher.keep(dense, y);
        } else {
            super.biasAndActivation(activation, bias, y, outer, channels, inner);
        }
    }

    @Override
    void sumOverChannels(int outer, int channels, int inner, long dz, long dbias, boolean add) {
        if (outer == 0 || channels == 0 || inner == 0) {
            super.sumOverChannels(outer, channels, inner, dz, dbias, add);
        } else {
            libraries.convolution().backwardBias(outer, channels, inner, dz, dbias, add);
        }
    }

    // ---- pooling ----

    @Override
    public Keeps poolKeeps(Pool2dSpec spec) {
        return CudnnPooling.supports(spec) ? Keeps.BOTH : super.poolKeeps(spec);
    }

    @Override
    public Aux pool2d(Pool2dSpec spec, NDArray x, NDArray y) {
        if (!CudnnPooling.supports(spec)) {
            return super.pool2d(spec, x, y);
        }
        pool(spec, x, y);
        return null;
    }

    @Override
    public void pool2dBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        if (CudnnPooling.supports(spec)) {
            poolBackward(spec, dy, x, y, dx);
        } else {
            super.pool2dBackward(spec, dy, x, y, aux, dx);
        }
    }

    @Override
    public Keeps adaptivePoolKeeps(AdaptivePool2dSpec spec) {
        return CudnnPooling.supports(spec) ? Keeps.BOTH : super.adaptivePoolKeeps(spec);
    }

    @Override
    public Aux adaptivePool2d(AdaptivePool2dSpec spec, NDArray x, NDArray y) {
        if (!CudnnPooling.supports(spec)) {
            return super.adaptivePool2d(spec, x, y);
        }
        pool(CudnnPooling.whole(spec, x.shape()), x, y);
        return null;
    }

    @Override
    public void adaptivePool2dBackward(AdaptivePool2dSpec spec, NDArray dy, NDArray x, NDArray y, Aux aux, Target dx) {
        if (CudnnPooling.supports(spec)) {
            poolBackward(CudnnPooling.whole(spec, x.shape()), dy, x, y, dx);
        } else {
            super.adaptivePool2dBackward(spec, dy, x, y, aux, dx);
        }
    }

    private void pool(Pool2dSpec spec, NDArray x, NDArray y) {
        if (y.size() == 0) {
            return;
        }
        NDArray xd = floats(spec.opName(), x);
        launcher().into(y, Write.SET,
                (dense, add) -> libraries.pooling().forward(spec, x.shape(), y.shape(), at(xd), at(dense)));
        Launcher.keep(xd);
    }

    private void poolBackward(Pool2dSpec spec, NDArray dy, NDArray x, NDArray y, Target dx) {
        if (y.size() == 0) {
            return;
        }
        NDArray dyd = floats(spec.opName(), dy);
        NDArray xd = floats(spec.opName(), x);
        NDArray yd = floats(spec.opName(), y);
        launcher().into(dx, (dense, add) -> libraries.pooling().backward(spec, x.shape(), y.shape(), at(yd), at(dyd),
                at(xd), at(dense), add == 1));
        Launcher.keep(dyd, xd, yd);
    }

    // ---- batch norm ----

    /// What cuDNN saves of a batch for the gradient.
    private record Saved(NDArray mean, NDArray inverse) implements Aux {
    }

    /// What the own kernels need for the gradient of the evaluating form, which cuDNN does not have.
    private record Running(NDArray beta, NDArray mean, NDArray variance) implements Aux {
    }

    @Override
    public Aux batchNorm(BatchNormSpec spec, NDArray x, NDArray gamma, NDArray beta, NDArray runningMean,
            NDArray runningVar, NDArray y) {
        if (x.size() == 0 || spec.training() && x.size() == 2L * x.dim(1)) {
            // Two values per channel become −1 and 1 whatever they were: their gradient is what cancellation leaves,
            // and nothing of it survives the statistics that cuDNN saves in float32.
            return super.batchNorm(spec, x, gamma, beta, runningMean, runningVar, y);
        }
        NDArray xd = floats(spec.opName(), x);
        NDArray g = orFull(gamma, x, 1);
        NDArray b = orFull(beta, x, 0);
        NDArray mean = floats(spec.opName(), runningMean);
        NDArray variance = floats(spec.opName(), runningVar);
        Saved saved = spec.training() ? new Saved(perChannel(x), perChannel(x)) : null;
        launcher().into(y, Write.SET, (dense, add) -> {
            if (saved == null) {
                libraries.batchNorm().infer(spec, x.shape(), at(xd), at(g), at(b), at(mean), at(variance), at(dense));
            } else {
                libraries.batchNorm().train(spec, x.shape(), at(xd), at(g), at(b), at(mean), at(variance),
                        at(saved.mean), at(saved.inverse), at(dense));
            }
            super.biasAndActivation(spec.activation(), null, dense, 1, 1, Math.toIntExact(y.size()));
        });
        if (spec.training()) {
            writeBack(mean, runningMean);
            writeBack(variance, runningVar);
        }
        Launcher.keep(xd, g, b, mean, variance);
        return spec.training() ? saved : new Running(beta, runningMean, runningVar);
    }

    private static NDArray perChannel(NDArray x) {
        return NDArray.empty(Shape.of(x.dim(1)), DType.FLOAT32, x.device());
    }

    private static NDArray orFull(NDArray parameter, NDArray x, double value) {
        return parameter == null ? NDArray.full(Shape.of(x.dim(1)), value, DType.FLOAT32, x.device())
                : floats("batch_norm", parameter);
    }

    private void writeBack(NDArray dense, NDArray original) {
        if (dense != null && !original.isContiguous()) {
            copy(dense, original, Write.SET);
        }
    }

    @Override
    public void batchNormBackward(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Aux aux, Target dx,
            Target dgamma, Target dbeta) {
        switch (aux) {
            case Saved saved -> batchGradients(spec, dz, x, gamma, saved, dx, dgamma, dbeta);
            case Running running -> {
                // Its own forward pass takes the notes that its gradient wants.
                NDArray y = NDArray.empty(x.shape(), x.dtype(), x.device());
                Aux own = super.batchNorm(spec, x, gamma, running.beta, running.mean, running.variance, y);
                super.batchNormBackward(spec, dz, x, gamma, own, dx, dgamma, dbeta);
            }
            case null, default -> super.batchNormBackward(spec, dz, x, gamma, aux, dx, dgamma, dbeta);
        }
    }

    // cuDNN always computes all three, and writes both parameters alike: what nobody wants, or wants otherwise, goes
    // into an array of its own.
    private void batchGradients(BatchNormSpec spec, NDArray dz, NDArray x, NDArray gamma, Saved saved, Target dx,
            Target dgamma, Target dbeta) {
        NDArray dzd = floats(spec.opName(), dz);
        NDArray xd = floats(spec.opName(), x);
        NDArray g = orFull(gamma, x, 1);
        boolean direct = dgamma != null && dbeta != null && dgamma.write() == dbeta.write()
                && dgamma.array().isContiguous() && dbeta.array().isContiguous();
        NDArray dg = direct ? dgamma.array() : perChannel(x);
        NDArray db = direct ? dbeta.array() : perChannel(x);
        NDArray data = dx == null ? NDArray.empty(x.shape(), x.dtype(), x.device()) : dx.array();
        launcher().into(data, dx == null ? Write.SET : dx.write(),
                (dense, add) -> libraries.batchNorm().backward(spec, x.shape(), at(xd), at(dzd), at(g), at(saved.mean),
                        at(saved.inverse), at(dense), add == 1, at(dg), at(db), direct && dgamma.adds()));
        if (!direct) {
            deliver(dg, dgamma);
            deliver(db, dbeta);
        }
        Launcher.keep(dzd, xd, g, dg, db, data, saved.mean, saved.inverse);
    }

    private void deliver(NDArray gradient, Target target) {
        if (target != null) {
            copy(gradient, target.array(), target.write());
        }
    }

    // ---- activations and softmax ----

    @Override
    public void unary(UnarySpec spec, NDArray x, NDArray y) {
        if (!CudnnPointwise.supports(spec) || x.size() == 0) {
            super.unary(spec, x, y);
            return;
        }
        NDArray xd = floats(spec.opName(), x);
        launcher().into(y, Write.SET,
                (dense, add) -> libraries.pointwise().activate(spec, x.size(), at(xd), at(dense)));
        Launcher.keep(xd);
    }

    @Override
    public void unaryBackward(UnarySpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        if (!CudnnPointwise.supports(spec) || dy.size() == 0) {
            super.unaryBackward(spec, x, y, dy, dx);
            return;
        }
        NDArray yd = floats(spec.opName(), y);
        NDArray dyd = floats(spec.opName(), dy);
        launcher().into(dx, (dense, add) -> libraries.pointwise().activateBackward(spec, dy.size(), at(yd), at(dyd),
                at(dense), add == 1));
        Launcher.keep(yd, dyd);
    }

    // The gradients are our own, summed in double: where a probability is near 1, y·(dy − Σ dy·y) cancels, and cuDNN's
    // had four digits left, or none.
    @Override
    public void softmax(SoftmaxSpec spec, NDArray x, NDArray y) {
        if (x.size() == 0) {
            super.softmax(spec, x, y);
            return;
        }
        NDArray xd = floats(spec.opName(), x);
        launcher().into(y, Write.SET,
                (dense, add) -> libraries.pointwise().softmax(spec.log(), extent(x, 0, spec.axis()), x.dim(spec.axis()),
                        extent(x, spec.axis() + 1, x.rank()), at(xd), at(dense)));
        Launcher.keep(xd);
    }

    private static int extent(NDArray x, int from, int to) {
        int product = 1;
        for (int axis = from; axis < to; axis++) {
            product *= x.dim(axis);
        }
        return product;
    }
}
