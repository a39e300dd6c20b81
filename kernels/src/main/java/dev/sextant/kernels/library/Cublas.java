package dev.sextant.kernels.library;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.gemm.GemmProblem;
import dev.sextant.kernels.settings.GpuSettings;
import java.util.function.IntSupplier;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/// Matrix products by cuBLAS.
///
/// cuBLAS stores matrices by columns. Memory that holds a matrix by rows, read by columns, holds its transpose; so
/// `C = A·B` by rows is asked for as `Cᵀ = Bᵀ·Aᵀ` by columns: the operands change places, and nothing is moved.
public final class Cublas {
    // What the documentation recommends for a workspace of one's own, before and from Hopper on.
    private static final long WORKSPACE = 4L << 20;
    private static final long WORKSPACE_FROM_90 = 32L << 20;
    private static final int HOPPER = 90;

    private final CudaContext context;
    private final cudaStream_t stream;
    private final StreamWorkspace workspace;
    private final long workspaceBytes;
    private final cublasHandle handle = new cublasHandle();

    /// Opens cuBLAS for one context and its stream.
    public Cublas(CudaContext context, DeviceMemory memory, GpuSettings settings) {
        NvidiaLibrary.CUBLAS.load();
        this.context = context;
        this.stream = new cudaStream_t(context.stream());
        this.workspace = new StreamWorkspace(memory);
        this.workspaceBytes = context.capability() < HOPPER ? WORKSPACE : WORKSPACE_FROM_90;
        context.attach();
        check(JCublas2.cublasCreate(handle), "cublasCreate", "opening cuBLAS");
        // Strict: no operand is rounded, no algorithm trades bits for speed.
        check(JCublas2.cublasSetMathMode(handle, settings.tf32() ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH
                : cublasMath.CUBLAS_PEDANTIC_MATH), "cublasSetMathMode", settings);
        check(JCublas2.cublasSetAtomicsMode(handle, settings.deterministic() ? 0 : 1), "cublasSetAtomicsMode",
                settings);
    }

    /// The version, for example `12.6.3`.
    public String version() {
        int[] version = new int[1];
        check(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion", "asking for the version");
        return version[0] / 10_000 + "." + version[0] / 100 % 100 + "." + version[0] % 100;
    }

    /// Whether cuBLAS can read and write these operands where they lie: each needs stride 1 along rows or columns.
    public static boolean supports(GemmProblem p) {
        return Operand.of(p.m(), p.k(), p.a()) != null && Operand.of(p.k(), p.n(), p.b()) != null
                && Operand.of(p.m(), p.n(), p.c()) != null;
    }

    /// `C (+)= A·B`.
    ///
    /// @param a address of the first element of A; B and C alike
    public void multiply(GemmProblem p, long a, long b, long c) {
        if (p.isEmpty()) {
            return;
        }
        if (Operand.of(p.m(), p.n(), p.c()).isTransposed()) {
            multiply(p.transposed(), b, a, c);
        } else {
            walk(p, 0, a, b, c);
        }
    }

    // cuBLAS walks one batch axis, the innermost; the host walks the others.
    private void walk(GemmProblem p, int axis, long a, long b, long c) {
        if (axis < p.batch().length - 1) {
            for (int i = 0; i < p.batch()[axis]; i++) {
                walk(p, axis + 1, a + 4L * i * p.a()[2 + axis], b + 4L * i * p.b()[2 + axis],
                        c + 4L * i * p.c()[2 + axis]);
            }
            return;
        }
        var left = Operand.of(p.m(), p.k(), p.a());
        var right = Operand.of(p.k(), p.n(), p.b());
        var result = Operand.of(p.m(), p.n(), p.c());
        var beta = Factor.beta(p.add());
        if (p.batch().length == 0) {
            run("cublasSgemm", p, () -> JCublas2.cublasSgemm(handle, right.operation(), left.operation(), p.n(), p.m(),
                    p.k(), Factor.ONE, Addresses.pointer(b), right.leading(), Addresses.pointer(a), left.leading(),
                    beta, Addresses.pointer(c), result.leading()));
        } else {
            run("cublasSgemmStridedBatched", p, () -> JCublas2.cublasSgemmStridedBatched(handle, right.operation(),
                    left.operation(), p.n(), p.m(), p.k(), Factor.ONE, Addresses.pointer(b), right.leading(),
                    p.b()[2 + axis], Addresses.pointer(a), left.leading(), p.a()[2 + axis], beta, Addresses.pointer(c),
                    result.leading(), p.c()[2 + axis], p.batch()[axis]));
        }
    }

    // The handle has one stream and one workspace at a time, so calls take turns. Setting the stream gives the
    // workspace back to the library, hence the order.
    private synchronized void run(String function, GemmProblem p, IntSupplier call) {
        context.attach();
        check(JCublas2.cublasSetStream(handle, stream), "cublasSetStream", p);
        check(JCublas2.cublasSetWorkspace(handle, Addresses.pointer(workspace.atLeast(workspaceBytes)), workspaceBytes),
                "cublasSetWorkspace", p);
        context.queued(function);
        check(call.getAsInt(), function, p);
    }

    private static void check(int status, String function, Object what) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw new DeviceException("cuda: %s failed with %d (%s) while computing %s; the documentation of cuBLAS "
                    + "says what the code means, and --gpu-lib own computes without it", function, status,
                    cublasStatus.stringFor(status), what);
        }
    }

    /// A matrix that is stored by rows, as cuBLAS may read it.
    ///
    /// @param operation [cublasOperation#CUBLAS_OP_N] to read its transpose as it lies there
    /// @param leading   elements from one line in memory to the next
    private record Operand(int operation, int leading) {

        /// @param strides of rows and columns, first
        /// @return null if neither its rows nor its columns are contiguous
        static Operand of(int rows, int columns, int[] strides) {
            if (areLines(rows, columns, strides[0], strides[1])) {
                return new Operand(cublasOperation.CUBLAS_OP_N, leading(rows, columns, strides[0]));
            }
            return areLines(columns, rows, strides[1], strides[0])
                    ? new Operand(cublasOperation.CUBLAS_OP_T, leading(columns, rows, strides[1]))
                    : null;
        }

        // Lines of `length` neighbours that do not overlap.
        private static boolean areLines(int lines, int length, int lineStride, int stride) {
            return (stride == 1 || length <= 1) && (lineStride >= length || lines <= 1);
        }

        // A single line's stride says nothing, but must still be at least its length.
        private static int leading(int lines, int length, int lineStride) {
            return lines > 1 ? Math.max(1, lineStride) : Math.max(1, length);
        }

        boolean isTransposed() {
            return operation == cublasOperation.CUBLAS_OP_T;
        }
    }
}
