package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The checks can fail: mistakes of the kinds that are made in calls of a library are planted in the Java that makes
/// them, and each is caught: refused by a double, found by it, or seen in the numbers.
@OnSimulator
class PlantedMistakesTest {
    @TempDir
    Path folder;

    enum Mistake {
        OPERANDS_KEPT_THEIR_PLACES(LibraryChecks.PRODUCTS, "Cublas.java", "multiply(p.transposed(), b, a, c)",
                "multiply(p.transposed(), a, b, c)"),
        WRONG_TRANSPOSITION(LibraryChecks.PRODUCTS, "Cublas.java",
                "new Operand(cublasOperation.CUBLAS_OP_T, leading", "new Operand(cublasOperation.CUBLAS_OP_N, leading"),
        LEADING_EXTENT_OF_THE_WRONG_AXIS(LibraryChecks.PRODUCTS, "Cublas.java",
                "leading(rows, columns, strides[0])", "leading(rows, columns, rows)"),
        BATCH_STRIDE_FORGOTTEN(LibraryChecks.PRODUCTS, "Cublas.java", "result.leading(), p.c()[2 + axis]",
                "result.leading(), 0"),
        NO_STREAM_FOR_CUBLAS(LibraryChecks.ORDER, "Cublas.java", "JCublas2.cublasSetStream(handle, stream)", "0"),
        WORKSPACE_LARGER_THAN_ITS_MEMORY(LibraryChecks.PRODUCTS, "Cublas.java",
                "workspace.atLeast(workspaceBytes)), workspaceBytes)", "workspace.atLeast(64)), workspaceBytes)"),
        BETA_FORGOTTEN(LibraryChecks.LINEAR, "Factor.java", "return add ? ONE : ZERO;", "return ZERO;"),
        BETA_ALWAYS_ONE(LibraryChecks.LINEAR, "Factor.java", "return add ? ONE : ZERO;", "return ONE;"),
        NO_STREAM_FOR_CUDNN(LibraryChecks.ORDER, "Cudnn.java", "JCudnn.cudnnSetStream(handle, stream)", "0"),
        HEIGHT_AND_WIDTH_EXCHANGED(LibraryChecks.CONVOLUTION, "Descriptors.java", "FLOAT, e.n, e.c, e.h, e.w)",
                "FLOAT, e.n, e.c, e.w, e.h)"),
        WRONG_STRIDE(LibraryChecks.POOLING, "Descriptors.java",
                "JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, FLOAT, e.n, e.c, e.h, e.w)",
                "JCudnn.cudnnSetTensor4dDescriptorEx(d, FLOAT, e.n, e.c, e.h, e.w, e.c * e.h * e.w, e.h * e.w, e.w + 1,"
                        + " 1)"),
        FILTER_IN_THE_ORDER_OF_ITS_GRADIENT(LibraryChecks.CONVOLUTION, "ConvCall.java",
                "descriptors.filter(g.k(), g.c() / g.groups(), g.r(), g.s())",
                "descriptors.filter(g.c() / g.groups(), g.k(), g.r(), g.s())"),
        CONVOLUTION_FOR_CORRELATION(LibraryChecks.CONVOLUTION, "Descriptors.java",
                "cudnnConvolutionMode.CUDNN_CROSS_CORRELATION", "cudnnConvolutionMode.CUDNN_CONVOLUTION"),
        GROUPS_FORGOTTEN(LibraryChecks.CONVOLUTION, "Descriptors.java",
                "JCudnn.cudnnSetConvolutionGroupCount(d, g.groups())", "0"),
        TF32_IN_STRICT_MODE(LibraryChecks.CONVOLUTION, "Descriptors.java", ": cudnnMathType.CUDNN_FMA_MATH",
                ": cudnnMathType.CUDNN_DEFAULT_MATH"),
        WORKSPACE_TOO_SMALL(LibraryChecks.CONVOLUTION, "CudnnConvolution.java",
                "Optional.of(new Choice(algorithm, bytes[0]))",
                "Optional.of(new Choice(algorithm, bytes[0] / 2))"),
        WORKSPACE_OF_ANOTHER_ALGORITHM(LibraryChecks.CONVOLUTION, "CudnnConvolution.java",
                "workspace.atLeast(choice.workspace())", "workspace.atLeast(choice.workspace() / 2)"),
        ANY_ALGORITHM(LibraryChecks.BITS, "CudnnConvolution.java", "settings.deterministic()", "false"),
        PADDING_COUNTED(LibraryChecks.POOLING, "CudnnPooling.java", "spec.countIncludePad() ?", "true ?"),
        INPUT_FOR_OUTPUT(LibraryChecks.POOLING, "CudnnPooling.java", "pointer(y), tensor(ys), pointer(dy)",
                "pointer(x), tensor(ys), pointer(dy)"),
        NAN_LOST(LibraryChecks.POOLING, "Descriptors.java", "cudnnNanPropagation.CUDNN_PROPAGATE_NAN",
                "cudnnNanPropagation.CUDNN_NOT_PROPAGATE_NAN"),
        MOMENTUM_OF_THE_BOOK(LibraryChecks.BATCH_NORM, "CudnnBatchNorm.java", "spec.momentum(), pointer",
                "1 - spec.momentum(), pointer"),
        SAVED_EXCHANGED(LibraryChecks.BATCH_NORM, "CudnnBatchNorm.java",
                "spec.eps(), pointer(savedMean), pointer(savedInverse)",
                "spec.eps(), pointer(savedInverse), pointer(savedMean)"),
        DATA_AND_PARAMETERS_WRITTEN_ALIKE(LibraryChecks.BATCH_NORM, "CudnnBatchNorm.java",
                "Factor.beta(addParameters)", "Factor.beta(addData)"),
        UNPROTECTED_SOFTMAX(LibraryChecks.SOFTMAX, "CudnnPointwise.java",
                "cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE",
                "cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_FAST"),
        SOFTMAX_OVER_EVERYTHING(LibraryChecks.SOFTMAX, "CudnnPointwise.java",
                "cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_CHANNEL", "cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_INSTANCE"),
        CEILING_FORGOTTEN(LibraryChecks.ACTIVATIONS, "CudnnPointwise.java",
                "new Descriptors.Activation(mode, spec.b())",
                "new Descriptors.Activation(mode, 0)");

        private final LibraryChecks check;
        private final String file;
        private final String from;
        private final String to;

        Mistake(LibraryChecks check, String file, String from, String to) {
            this.check = check;
            this.file = file;
            this.from = from;
            this.to = to;
        }
    }

    @AfterEach
    void forget() {
        SimulatedDevice.fresh();
    }

    /// Compiled and loaded in the same way, the shipped source passes: what is caught below is the mistake.
    @ParameterizedTest
    @EnumSource
    void withoutAMistakeNothingIsCaught(LibraryChecks check) throws Exception {
        SimulatedDevice.fresh();
        check.run(Mutant.device(folder, "library/Cudnn.java", "final class Cudnn", "final class Cudnn",
                Map.of("gpu-lib", "cudnn")));
    }

    @ParameterizedTest
    @EnumSource
    void isCaught(Mistake mistake) throws Exception {
        SimulatedDevice.fresh();
        Device cuda = Mutant.device(folder, "library/" + mistake.file, mistake.from, mistake.to,
                Map.of("gpu-lib", "cudnn"));
        try {
            mistake.check.run(cuda);
        } catch (DeviceException refused) {
            assertTrue(SimulatedDevice.simulator().findings() > 0, () -> "refused, but not explained: " + refused);
            return;
        } catch (AssertionError seen) {
            return;
        }
        fail(mistake + " was not caught");
    }
}
