package dev.sextant.kernels.gemm;

import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A matrix product as `gemm.cuh` describes it: extents, and for each operand the strides of rows, columns and batch
/// axes. A transposed operand has its two strides exchanged, a broadcast axis has stride 0.
///
/// @param a strides of A: `[row, column, batch…]`
/// @param b strides of B
/// @param c strides of C
/// @param batch extents of the batch axes, outermost first, neighbours merged where all three operands allow it
public record GemmProblem(int m, int n, int k, int[] batch, int[] a, int[] b, int[] c, boolean add) {
    /// Batch axes that a kernel can walk by itself.
    public static final int KERNEL_BATCH_AXES = 3;

    /// The problem that `matmul` of these arrays is; their shapes have been checked.
    public static GemmProblem of(MatmulSpec spec, NDArray a, NDArray b, NDArray y, Write write) {
        int rank = y.rank();
        int[] batch = new int[rank - 2];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = y.dim(i);
        }
        return new GemmProblem(y.dim(-2), y.dim(-1), a.dim(spec.transposeA() ? -2 : -1), batch,
                strides(a, rank, spec.transposeA()), strides(b, rank, spec.transposeB()), strides(y, rank, false),
                write == Write.ADD).merged();
    }

    private static int[] strides(NDArray x, int rank, boolean transposed) {
        int[] from = ((Strided) x.layout()).strides();
        int last = x.rank() - 1;
        int[] strides = new int[rank];
        strides[0] = from[transposed ? last : last - 1];
        strides[1] = from[transposed ? last - 1 : last];
        int missing = rank - x.rank();
        for (int i = 0; i < x.rank() - 2; i++) {
            strides[2 + missing + i] = x.dim(i) == 1 ? 0 : from[i];
        }
        return strides;
    }

    private GemmProblem merged() {
        List<int[]> axes = new ArrayList<>(); // extent, stride of A, of B, of C
        for (int i = 0; i < batch.length; i++) {
            if (batch[i] == 1) {
                continue;
            }
            int[] axis = {batch[i], a[2 + i], b[2 + i], c[2 + i]};
            int[] outer = axes.isEmpty() ? null : axes.getLast();
            boolean joins = outer != null && outer[1] == axis[1] * axis[0] && outer[2] == axis[2] * axis[0]
                    && outer[3] == axis[3] * axis[0];
            if (joins) {
                axes.set(axes.size() - 1, new int[] {outer[0] * axis[0], axis[1], axis[2], axis[3]});
            } else {
                axes.add(axis);
            }
        }
        return new GemmProblem(m, n, k, column(axes, 0, new int[0]), column(axes, 1, new int[] {a[0], a[1]}),
                column(axes, 2, new int[] {b[0], b[1]}), column(axes, 3, new int[] {c[0], c[1]}), add);
    }

    private static int[] column(List<int[]> axes, int index, int[] head) {
        int[] result = java.util.Arrays.copyOf(head, head.length + axes.size());
        for (int i = 0; i < axes.size(); i++) {
            result[head.length + i] = axes.get(i)[index];
        }
        return result;
    }

    /// `Cᵀ = Bᵀ·Aᵀ`: the same products, written the other way round. The operands change places.
    public GemmProblem transposed() {
        return new GemmProblem(n, m, k, batch, swapped(b), swapped(a), swapped(c), add);
    }

    /// Whether the results lie one after the other, rows innermost of the batch.
    public boolean hasDenseResult() {
        boolean dense = c[1] == 1 && (m == 1 || c[0] == n);
        int next = m * n;
        for (int i = batch.length - 1; i >= 0; i--) {
            dense &= batch[i] == 1 || c[2 + i] == next;
            next *= batch[i];
        }
        return dense;
    }

    /// Elements of the result.
    public long results() {
        return (long) m * n * batches();
    }

    /// This problem's first `count` times `depth` steps of the sum, as `count` problems of `depth` steps each: one more
    /// batch axis, along which whole results lie one after the other.
    public GemmProblem inParts(int depth, int count) {
        return new GemmProblem(m, n, depth, inserted(batch, 0, count), inserted(a, 2, depth * a[1]),
                inserted(b, 2, depth * b[0]), inserted(c, 2, Math.toIntExact(results())), false);
    }

    private static int[] inserted(int[] from, int at, int value) {
        int[] result = new int[from.length + 1];
        System.arraycopy(from, 0, result, 0, at);
        result[at] = value;
        System.arraycopy(from, at, result, at + 1, from.length - at);
        return result;
    }

    private static int[] swapped(int[] strides) {
        int[] result = strides.clone();
        result[0] = strides[1];
        result[1] = strides[0];
        return result;
    }

    /// Whether nothing is to be computed.
    public boolean isEmpty() {
        return m == 0 || n == 0 || batches() == 0;
    }

    /// Number of products.
    public int batches() {
        int product = 1;
        for (int extent : batch) {
            product *= extent;
        }
        return product;
    }

    /// Batch axes beyond those that a kernel walks: the host walks them, outermost first.
    public int hostAxes() {
        return Math.max(0, batch.length - KERNEL_BATCH_AXES);
    }

    /// The fields of `struct Gemm`, in its order, for the axes that the kernel walks.
    public int[] fields() {
        int host = hostAxes();
        int[] extent = {1, 1, 1};
        int[][] stride = new int[3][3];
        int inner = batch.length - host;
        for (int i = 0; i < inner; i++) {
            int to = 3 - inner + i;
            extent[to] = batch[host + i];
            stride[0][to] = a[2 + host + i];
            stride[1][to] = b[2 + host + i];
            stride[2][to] = c[2 + host + i];
        }
        return new int[] {m, n, k, a[0], a[1], b[0], b[1], c[0], c[1], add ? 1 : 0,
            extent[0] * extent[1] * extent[2], extent[1], extent[2],
            stride[0][0], stride[0][1], stride[0][2], stride[1][0], stride[1][1], stride[1][2],
            stride[2][0], stride[2][1], stride[2][2]};
    }

    /// Multiply-adds of the whole problem.
    public long multiplyAdds() {
        return (long) m * n * k * batches();
    }

    /// In numbers, for messages.
    @Override
    public String toString() {
        return "a product of m=%d, n=%d, k=%d, batch %s, strides of A %s, of B %s, of C %s%s".formatted(m, n, k,
                Arrays.toString(batch), Arrays.toString(a), Arrays.toString(b), Arrays.toString(c),
                add ? ", added" : "");
    }
}
