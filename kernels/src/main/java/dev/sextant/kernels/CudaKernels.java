package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Write;
import dev.sextant.engine.trace.Trace;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.gemm.SgemmChoice;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.settings.ConvDirection;

/// All kernel families. Matrix products and convolutions, whose algorithm can be chosen, are here; the families beside
/// them launch the kernels of one `.cu` file each.
class CudaKernels implements Kernels, CudaPointwise, CudaReduce, CudaPool, CudaNorm, CudaLoss, CudaOptimizer,
        CudaIndex {
    private static final MatmulSpec BY_TRANSPOSED = new MatmulSpec(false, true);
    private static final MatmulSpec TRANSPOSED_BY = new MatmulSpec(true, false);

    private final Launcher launcher;
    private final CudaContext context;
    private final Modules modules;
    private final Sgemm sgemm;
    private final Convolution convolution;
    private final PartialSums partialSums;
    private volatile SgemmRung chosenRung;
    private volatile ConvAlgorithm chosenConvolution;

    CudaKernels(CudaContext context, DeviceMemory memory) {
        this.context = context;
        this.modules = new Modules(context);
        this.launcher = new Launcher(context, modules, memory);
        this.sgemm = new Sgemm(modules, memory);
        this.convolution = new Convolution(modules, memory, sgemm);
        this.partialSums = new PartialSums(modules, memory);
    }

    @Override
    public Launcher launcher() {
        return launcher;
    }

    /// Takes one rung of the ladder for every product from now on, or with null the best for each shape.
    void use(SgemmRung rung) {
        chosenRung = rung;
    }

    /// Takes one algorithm for every convolution that it supports, or with null the best for each geometry.
    void use(ConvAlgorithm algorithm) {
        chosenConvolution = algorithm;
    }

    /// How much memory im2col may take.
    void limitPatches(long bytes) {
        convolution.limitPatches(bytes);
    }

    /// How many blocks a grid may have along an axis that its kernel walks in strides.
    void limitGrid(int blocks) {
        modules.limitGrid(blocks);
    }

    /// Name of the algorithm that an operation would take, forward. What runs names itself ([Trace#chose]): a gradient's
    /// operands do not tell which of the directions it is.
    String algorithm(OpSpec spec, NDArray... inputs) {
        return switch (spec) {
            case MatmulSpec matmul when inputs.length >= 2 -> {
                NDArray y = NDArray.empty(matmul.outputShape(inputs[0].shape(), inputs[1].shape()), DType.FLOAT32,
                        inputs[0].device());
                yield algorithm(GemmProblem.of(matmul, inputs[0], inputs[1], y, Write.SET));
            }
            case Conv2dSpec conv when inputs.length >= 2 -> algorithm(ConvDirection.FORWARD,
                    ConvProblem.of(conv, inputs[0].shape(), inputs[1].shape(),
                            conv.outputShape(inputs[0].shape(), inputs[1].shape())));
            default -> "own-direct";
        };
    }

    /// Name of the algorithm for a product.
    String algorithm(GemmProblem problem) {
        return "own-" + rung(problem).kernel();
    }

    /// Name of the algorithm for a convolution.
    String algorithm(ConvDirection direction, ConvProblem problem) {
        ConvAlgorithm taken = choose(direction, problem);
        // Winograd does not compute a filter's gradient.
        return "own-" + (taken == ConvAlgorithm.WINOGRAD && direction == ConvDirection.BACKWARD_FILTER
                ? ConvAlgorithm.IMPLICIT_GEMM
                : taken).label();
    }

    private SgemmRung rung(GemmProblem problem) {
        return chosenRung == null ? SgemmChoice.of(problem) : chosenRung;
    }

    private ConvAlgorithm choose(ConvDirection direction, ConvProblem problem) {
        var wanted = chosenConvolution;
        return wanted != null && wanted.supports(problem) ? wanted : ConvAlgorithm.best(direction, problem);
    }

    // ---- matrix products ----

    @Override
    public void matmul(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        context.attach();
        var problem = GemmProblem.of(spec, a, b, y, write);
        multiply(problem, CudaStorage.address(a), CudaStorage.address(b), CudaStorage.address(y));
        Trace.chose(() -> algorithm(problem));
        Launcher.keep(a, b, y);
    }

    /// `C (+)= A·B`, to which every product and linear layer comes down.
    void multiply(GemmProblem problem, long a, long b, long c) {
        if (chosenRung == null) {
            sgemm.run(problem, a, b, c);
        } else {
            sgemm.run(chosenRung, problem, a, b, c);
        }
    }

    @Override
    public void linear(LinearSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        launcher.into(y, Write.SET, (dense, add) -> {
            matmul(BY_TRANSPOSED, x, w, dense, Write.SET);
            biasAndActivation(spec.activation(), bias, dense, y.dim(0), y.dim(1), 1);
        });
    }

    @Override
    public void linearBackwardData(LinearSpec spec, NDArray dz, NDArray w, Target dx) {
        matmul(MatmulSpec.PLAIN, dz, w, dx.array(), dx.write());
    }

    @Override
    public void linearBackwardWeight(LinearSpec spec, NDArray dz, NDArray x, Target dw) {
        matmul(TRANSPOSED_BY, dz, x, dw.array(), dw.write());
    }

    @Override
    public void linearBackwardBias(LinearSpec spec, NDArray dz, Target dbias) {
        biasGradient(dz.contiguous(), dbias, dz.dim(0), dz.dim(1), 1);
    }

    // ---- convolutions ----

    @Override
    public void conv2d(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        context.attach();
        var problem = ConvProblem.of(spec, x.shape(), w.shape(), y.shape());
        NDArray xd = x.contiguous();
        NDArray wd = w.contiguous();
        launcher.into(y, Write.SET, (dense, add) -> {
            convolve(problem, CudaStorage.address(xd), CudaStorage.address(wd), CudaStorage.address(dense));
            biasAndActivation(spec.activation(), bias, dense, y.dim(0), y.dim(1), y.dim(2) * y.dim(3));
        });
        Trace.chose(() -> algorithm(ConvDirection.FORWARD, problem));
        Launcher.keep(xd, wd);
    }

    @Override
    public void conv2dBackwardData(Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        context.attach();
        var problem = ConvProblem.of(spec, dx.array().shape(), w.shape(), dz.shape());
        NDArray dzd = dz.contiguous();
        NDArray wd = w.contiguous();
        launcher.into(dx, (dense, add) -> convolveBackwardData(problem,
                CudaStorage.address(dzd), CudaStorage.address(wd), CudaStorage.address(dense), add == 1));
        Trace.chose(() -> algorithm(ConvDirection.BACKWARD_DATA, problem));
        Launcher.keep(dzd, wd);
    }

    @Override
    public void conv2dBackwardFilter(Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        context.attach();
        var problem = ConvProblem.of(spec, x.shape(), dw.array().shape(), dz.shape());
        NDArray dzd = dz.contiguous();
        NDArray xd = x.contiguous();
        launcher.into(dw, (dense, add) -> convolveBackwardFilter(problem,
                CudaStorage.address(dzd), CudaStorage.address(xd), CudaStorage.address(dense), add == 1));
        Trace.chose(() -> algorithm(ConvDirection.BACKWARD_FILTER, problem));
        Launcher.keep(dzd, xd);
    }

    @Override
    public void conv2dBackwardBias(Conv2dSpec spec, NDArray dz, Target dbias) {
        biasGradient(dz.contiguous(), dbias, dz.dim(0), dz.dim(1), dz.dim(2) * dz.dim(3));
        Trace.chose(() -> "sum");
    }

    /// `y = x ⋆ w`, all dense.
    void convolve(ConvProblem problem, long x, long w, long y) {
        convolution.forward(choose(ConvDirection.FORWARD, problem), problem, x, w, y);
    }

    /// `dx (+)= dz ⋆ᵀ w`, all dense.
    void convolveBackwardData(ConvProblem problem, long dz, long w, long dx, boolean add) {
        convolution.backwardData(choose(ConvDirection.BACKWARD_DATA, problem), problem, dz, w, dx, add);
    }

    /// `dw (+)= x ⋆ dz`, all dense.
    void convolveBackwardFilter(ConvProblem problem, long dz, long x, long dw, boolean add) {
        convolution.backwardFilter(choose(ConvDirection.BACKWARD_FILTER, problem), problem, dz, x, dw, add);
    }

    /// `y = f(y + bias)` in place, `y` `[outer, channels, inner]` being dense.
    void biasAndActivation(UnarySpec activation, NDArray bias, NDArray y, int outer, int channels, int inner) {
        boolean fuses = Activations.fuses(activation);
        UnarySpec f = fuses ? activation : UnarySpec.IDENTITY;
        if (bias != null || !f.isIdentity()) {
            NDArray dense = Launcher.dense(bias);
            launcher.elements("bias", "bias_activate", y.size(), LaunchParameters.begin()
                    .struct(outer, channels, inner).int32(Activations.number(f)).float32((float) f.a())
                    .float32((float) f.b()).pointer(Launcher.at(dense)).pointer(CudaStorage.address(y)), dense, y);
        }
        if (!fuses) {
            unary(activation, y, y);
        }
    }

    private void biasGradient(NDArray dz, Target dbias, int outer, int channels, int inner) {
        context.attach();
        launcher.into(dbias, (dense, add) -> sumOverChannels(outer, channels, inner, CudaStorage.address(dz),
                CudaStorage.address(dense), add == 1));
        Launcher.keep(dz);
    }

    /// `dbias (+)= Σ dz` over the outer and inner axes of `dz` `[outer, channels, inner]`.
    void sumOverChannels(int outer, int channels, int inner, long dz, long dbias, boolean add) {
        var members = Members.of(outer, channels, inner);
        partialSums.run(members.cut(), dbias, channels, add, (cut, to, adds) -> launcher.parts("bias", "bias_backward",
                members, LaunchParameters.begin().struct(members.fields()).pointer(dz).pointer(to)
                        .int32(adds ? 1 : 0)));
    }
}
