package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.UnsupportedKernels;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.gemm.SgemmChoice;
import dev.sextant.kernels.gemm.SgemmRung;
import java.lang.ref.Reference;

/// The operations that have kernels of our own; the others fail by name.
final class CudaKernels extends UnsupportedKernels {
    private static final int BLOCK = 256;
    // Enough to fill any device; the kernels of move.cu walk on in strides of the grid.
    private static final int MOST_BLOCKS = 4096;

    private final CudaContext context;
    private final Modules modules;
    private final Sgemm sgemm;
    private volatile SgemmRung chosenRung;

    CudaKernels(CudaContext context) {
        super("cuda");
        this.context = context;
        this.modules = new Modules(context);
        this.sgemm = new Sgemm(modules);
    }

    @Override
    public void matmul(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        context.attach();
        var problem = GemmProblem.of(spec, a, b, y, write);
        matmul(chosenRung == null ? SgemmChoice.of(problem) : chosenRung, problem, a, b, y);
    }

    private void matmul(SgemmRung rung, GemmProblem problem, NDArray a, NDArray b, NDArray y) {
        sgemm.run(rung, problem, CudaStorage.address(a), CudaStorage.address(b), CudaStorage.address(y));
        keepUntilQueued(a, b, y);
    }

    /// Takes one rung of the ladder for every product from now on, or with null the best for each shape.
    void use(SgemmRung rung) {
        chosenRung = rung;
    }

    /// Name of the kernel that an operation would take.
    String algorithm(OpSpec spec, NDArray... inputs) {
        if (!(spec instanceof MatmulSpec matmul) || inputs.length < 2) {
            return "direct";
        }
        if (chosenRung != null) {
            return chosenRung.kernel();
        }
        NDArray y = NDArray.empty(matmul.outputShape(inputs[0].shape(), inputs[1].shape()), DType.FLOAT32,
                inputs[0].device());
        return SgemmChoice.of(GemmProblem.of(matmul, inputs[0], inputs[1], y, Write.SET)).kernel();
    }

    @Override
    public void fill(double value, NDArray y) {
        int bits = y.dtype() == DType.INT32 ? (int) value : Float.floatToRawIntBits((float) value);
        var walk = StridedWalk.of("fill", y, y);
        launch("fill_bits", walk,
                LaunchParameters.begin().struct(walk.fields()).pointer(CudaStorage.address(y)).int32(bits));
        keepUntilQueued(y);
    }

    @Override
    public void copy(NDArray x, NDArray y, Write write) {
        String kernel = write == Write.SET ? "copy_bits" : y.dtype() == DType.INT32 ? "add_i32" : "add_f32";
        var walk = StridedWalk.of("copy", x, y);
        launch(kernel, walk, LaunchParameters.begin().struct(walk.fields()).pointer(CudaStorage.address(x))
                .pointer(CudaStorage.address(y)));
        keepUntilQueued(x, y);
    }

    private void launch(String kernel, StridedWalk walk, LaunchParameters parameters) {
        if (walk.count() > 0) {
            context.attach();
            int blocks = Math.min(MOST_BLOCKS, Math.ceilDiv(walk.count(), BLOCK));
            modules.function("move", kernel).launch(Dim.of(blocks), Dim.of(BLOCK), parameters);
        }
    }

    // The collector must not take an array, and the pool not hand its memory on, before the launch is queued.
    private static void keepUntilQueued(NDArray... arrays) {
        for (NDArray array : arrays) {
            Reference.reachabilityFence(array);
        }
    }
}
