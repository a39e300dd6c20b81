package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.Planted;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The tests can fail: bugs of the kinds that are made in kernels are planted one by one, and each is caught, in the
/// way it should be: by the tracer, by the barriers, or by comparison with the oracle.
@OnSimulator
class PlantedBugsTest {
    private static final String WRONG = Planted.WRONG;

    enum Bug {
        K0_BOUND_OFF_BY_ONE("sgemm_k0", "sgemm_k0.cu", "m >= g.M", "m > g.M", "out-of-bounds"),
        K0_LOOP_TOO_LONG("sgemm_k0", "sgemm_k0.cu", "k < g.K", "k <= g.K", "out-of-bounds"),
        K0_LOOP_TOO_SHORT("sgemm_k0", "sgemm_k0.cu", "k < g.K", "k < g.K - 1", WRONG),
        K1_WRONG_STRIDE("sgemm_k1", "sgemm_k1.cu", "(long long) k * g.bRow", "(long long) k * g.bCol", WRONG),
        K1_SWAPPED_STRIDES("sgemm_k1", "sgemm_k1.cu", "(long long) m * g.cRow + (long long) n * g.cCol",
                "(long long) m * g.cCol + (long long) n * g.cRow", WRONG, "out-of-bounds"),
        K2_NO_BARRIER_AFTER_FILLING("sgemm_k2", "sgemm_k2.cu", "__syncthreads();\n            #pragma", "#pragma",
                "race",
                "uninitialised"),
        K2_NO_BARRIER_BEFORE_REFILLING("sgemm_k2", "sgemm_k2.cu", "            __syncthreads();\n        }\n",
                "        }\n", "race"),
        K2_RETURN_BEFORE_THE_BARRIER("sgemm_k2", "sgemm_k2.cu", "// A thread outside C",
                "if (m >= g.M) return;\n    // A thread outside C", "barrier"),
        K2_ROW_TOO_SHORT("sgemm_k2", "sgemm_k2.cu", "float as[TILE][TILE]", "float as[TILE][TILE - 1]", "race"),
        K2_A_ROW_NOT_FILLED("sgemm_k2", "sgemm_k2.cu", "bs[ty][tx] = ", "if (ty > 0) bs[ty][tx] = ", "uninitialised"),
        K3_LOADS_TURNED("sgemm_k3", "sgemm_k3.cu", "loadRow = t / DEPTH, loadK = t % DEPTH",
                "loadRow = t % TILE, loadK = t / TILE + 1",
                "race", WRONG, "out-of-bounds", "uninitialised"),
        K3_WRONG_ROW("sgemm_k3", "sgemm_k3.cu", "as[ty * PER_THREAD + i][k]", "as[ty + i][k]", WRONG),
        K4_WRONG_OPERAND("sgemm_k4", "sgemm_k4.cu", "fmaf(av[i], bv[j]", "fmaf(av[j], bv[i]", WRONG),
        K4_EDGE_NOT_CHECKED("sgemm_k4", "sgemm_k4.cu", "m < g.M && n < g.N", "n < g.N", "out-of-bounds"),
        K5_HALVES_OVERLAP("sgemm_k5", "sgemm_k5.cu", "TILE / 2 + tx * 4, sum[i] + 4", "tx * 4, sum[i] + 4", WRONG),
        K6_STEP_TOO_LARGE("sgemm_k6", "sgemm_k6.cu", "k0 += DEPTH", "k0 += 2 * DEPTH", WRONG),
        K7_NO_FIRST_BARRIER("sgemm_k7", "sgemm_k7.cu", "__syncthreads();\n        int now", "int now", "race",
                "uninitialised"),
        K7_NO_BARRIER_IN_THE_LOOP("sgemm_k7", "sgemm_k7.cu", "            __syncthreads();\n        }\n",
                "        }\n", "race",
                "uninitialised"),
        K7_ONE_BUFFER_ONLY("sgemm_k7", "sgemm_k7.cu", "now ^= 1;", "", "race"),
        K8_NOT_ROUNDED("sgemm_k8", "sgemm_k8.cu", "toTf32(fetch(pa, m0 + qa.i, qa.k))", "fetch(pa, m0 + qa.i, qa.k)",
                "tensor"),
        K8_STEPS_DISAGREE("sgemm_k8", "sgemm_k8.cu", "bs[now][k + 1][column", "bs[now][(k + 4) % DEPTH][column", WRONG),
        K8_ROWS_OF_A_FRAGMENT("sgemm_k8", "sgemm_k8.cu", "as[now][k][row + 16 * i + 8]", "as[now][k][row + 16 * i + 1]",
                WRONG),
        K8_COLUMNS_OF_D("sgemm_k8", "sgemm_k8.cu", "8 * j + 2 * inGroup", "8 * j + inGroup", WRONG, "race"),
        K8_A_WARP_LEAVES("sgemm_k8", "sgemm_k8.cu", "float sum[DOWN][ACROSS][4] = {};",
                "float sum[DOWN][ACROSS][4] = {};\n        if (inGroup == 3 && m0 > 0) return;", "mask", "barrier"),
        PANEL_ALIGNMENT_NOT_CHECKED("sgemm_k5", "panel.cuh", "const bool aligned = ((unsigned long long) p & 15) == 0;",
                "const bool aligned = true;", "misaligned"),
        PANEL_END_OFF_BY_ONE("sgemm_k5", "panel.cuh", "lastK < panel.K", "lastK <= panel.K + 3", "out-of-bounds", WRONG,
                "uninitialised"),
        QUAD_PAST_THE_ROW("sgemm_k5", "panel.cuh", "n + 3 < g.N", "n < g.N", "race", WRONG, "out-of-bounds"),
        BETA_ALWAYS_ONE("sgemm_k6", "gemm.cuh", "add ? *c + value : value", "*c + value", "uninitialised", WRONG),
        BETA_IGNORED("sgemm_k2", "gemm.cuh", "add ? *c + value : value", "value", WRONG),
        WRONG_BATCH("sgemm_k4", "gemm.cuh", "i2 = batch % g.batch2", "i2 = batch % g.batch1", WRONG, "race"),
        SWAPPED_OPERANDS("sgemm_k4", "gemm.cuh", "at.a = a +", "at.a = b +", WRONG, "out-of-bounds"),
        COPY_RUNS_OVER("move", "grid.cuh", "i < (n);", "i <= (n);", "out-of-bounds", "race", WRONG),
        COPY_TAKES_THE_OTHER_STRIDE("move", "move.cu", "at * w.xStride[axis]", "at * w.yStride[axis]", WRONG,
                "out-of-bounds"),
        DIRECT_EDGE("conv_direct", "conv_direct.cu", "h >= g.H", "h > g.H", WRONG, "out-of-bounds"),
        DIRECT_TREE_WITHOUT_BARRIER("conv_direct", "conv_direct.cu", "        __syncthreads();\n", "", "race",
                "uninitialised"),
        DIRECT_WRONG_GROUP("conv_direct", "conv_direct.cu", "c % channels", "c", WRONG, "out-of-bounds"),
        IM2COL_WRONG_DILATION("conv_im2col", "conv_im2col.cu", "g.padH, g.dilationH)", "g.padH, g.dilationW)", WRONG),
        COL2IM_FORGETS_TO_ADD("conv_im2col", "conv_im2col.cu", "add ? dx[i] + sum : sum", "sum", WRONG),
        TAP_WITHOUT_STRIDE("conv_im2col", "conv.cuh", "at % stride == 0 && ", "", WRONG),
        IMPLICIT_ARRAY_TOO_SHORT("conv_implicit", "conv_implicit.cu", "as[2][DEPTH][ROWS + PAD]; ",
                "as[1][DEPTH][ROWS + PAD]; ", "out-of-bounds", "race", WRONG),
        IMPLICIT_TILE_REFILLED_EARLY("conv_implicit", "conv_implicit.cu", "        __syncthreads();\n    }\n",
                "    }\n", "race"),
        IMPLICIT_PLACES_TOO_EARLY("conv_implicit", "conv_implicit.cu", "steps[now][t] =", "steps[now ^ 1][t] =",
                "race"),
        IMPLICIT_STEP_PAST_THE_PART("conv_implicit", "conv_implicit.cu", "min(p.depth, begin + partDepth)", "p.depth",
                WRONG),
        IMPLICIT_DATA_WITHOUT_STRIDE("conv_implicit", "conv_implicit.cu", "h % p.strideH != 0 || ", "", WRONG),
        IMPLICIT_PART_OF_ANOTHER("conv_implicit", "conv_implicit.cu", "(long long) part * partSize", "0", "race", WRONG,
                "uninitialised"),
        PARTS_ONE_TOO_FEW("split", "split.cu", "part < parts", "part < parts - 1", WRONG),
        PARTS_NOT_ADDED("split", "split.cu", "add ? to[i] : 0.0f", "0.0f", WRONG),
        WINOGRAD_SIGN("conv_winograd", "conv_winograd.cu", "m1 - m2 - m3", "m1 - m2 + m3", WRONG),
        WINOGRAD_NOT_TURNED("conv_winograd", "conv_winograd.cu", "turned ? -1 : 1", "1", "out-of-bounds", WRONG,
                "uninitialised"),
        WINOGRAD_EDGE("conv_winograd", "conv_winograd.cu", "p < g.P && q < g.Q", "p < g.P", "race", "out-of-bounds",
                WRONG);

        final Planted planted;

        Bug(String source, String file, String from, String to, String... caughtBy) {
            planted = new Planted(source, file, from, to, Set.of(caughtBy));
        }
    }

    @BeforeAll
    static void compile() throws IOException {
        Planted.buildAll(Arrays.stream(Bug.values()).map(bug -> bug.planted).toList());
    }

    @AfterEach
    void clean() {
        var backend = (CudaBackend) SimulatedDevice.fresh().backend();
        backend.useSgemm(null);
        backend.useConvolution(null);
    }

    @ParameterizedTest
    @EnumSource
    void isCaught(Bug bug) throws Throwable {
        Device cuda = SimulatedDevice.traced();
        bug.planted.mustBeCaught(() -> exercise(cuda, bug.planted.source()));
    }

    private static void exercise(Device cuda, String source) {
        var backend = (CudaBackend) cuda.backend();
        if (source.equals("move")) {
            move(cuda);
        } else if (source.equals("split")) {
            compare(cuda, false, Shape.of(3, 5, 530), Shape.of(530, 7), Write.ADD, false);
        } else if (source.startsWith("sgemm")) {
            backend.useSgemm(Arrays.stream(SgemmRung.values()).filter(r -> r.source().equals(source)).findFirst()
                    .orElseThrow());
            multiply(cuda, source.equals("sgemm_k8"));
        } else {
            backend.useConvolution(switch (source) {
                case "conv_direct" -> ConvAlgorithm.DIRECT;
                case "conv_im2col" -> ConvAlgorithm.IM2COL;
                case "conv_implicit" -> ConvAlgorithm.IMPLICIT_GEMM;
                default -> ConvAlgorithm.WINOGRAD;
            });
            convolve(cuda, Conv2dSpec.of(1, 1), Shape.of(2, 3, 7, 5), Shape.of(4, 3, 3, 3));
            convolve(cuda, new Conv2dSpec(new Pair(2, 1), new Pair(1, 2), new Pair(1, 2), 2, UnarySpec.IDENTITY),
                    Shape.of(2, 6, 9, 8), Shape.of(4, 3, 3, 2));
            // Sums long enough to be cut into parts.
            convolve(cuda, Conv2dSpec.of(1, 1), Shape.of(2, 2, 17, 17), Shape.of(2, 2, 3, 3));
        }
    }

    private static void convolve(Device cuda, Conv2dSpec spec, Shape xs, Shape ws) {
        Shape ys = spec.outputShape(xs, ws);
        NDArray[] expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray x = NDArray.of(Compare.values(1, xs.size()), xs, device);
            NDArray w = NDArray.of(Compare.values(2, ws.size()), ws, device);
            NDArray dz = NDArray.of(Compare.values(3, ys.size()), ys, device);
            NDArray y = NDArray.empty(ys, DType.FLOAT32, device);
            NDArray dx = NDArray.of(Compare.values(4, xs.size()), xs, device);
            NDArray dw = NDArray.empty(ws, DType.FLOAT32, device);
            device.kernels().conv2d(spec, x, w, null, y);
            device.kernels().conv2dBackwardData(spec, dz, w, Target.add(dx));
            device.kernels().conv2dBackwardFilter(spec, dz, x, Target.set(dw));
            NDArray[] results = {y, dx, dw};
            for (int i = 0; expected != null && i < results.length; i++) {
                Compare.close(expected[i], results[i], 100, "convolution");
            }
            expected = results;
        }
    }

    // Ragged edges, several batches that are no plain sequence, adding, and a view that is not aligned.
    private static void multiply(Device cuda, boolean tf32) {
        compare(cuda, tf32, Shape.of(2, 3, 37, 44), Shape.of(3, 44, 70), Write.SET, false);
        compare(cuda, tf32, Shape.of(33, 20), Shape.of(20, 66), Write.ADD, false);
        compare(cuda, tf32, Shape.of(130, 20), Shape.of(20, 128), Write.SET, true);
    }

    private static void compare(Device cuda, boolean tf32, Shape a, Shape b, Write write, boolean shifted) {
        MatmulSpec spec = MatmulSpec.PLAIN;
        Shape y = spec.outputShape(a, b);
        NDArray expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray av = shifted
                    ? NDArray.of(Compare.values(1, 130 * 24), Shape.of(130, 24), device).narrow(1, 1, 20)
                    : NDArray.of(Compare.values(1, a.size()), a, device);
            NDArray out = write == Write.ADD ? NDArray.of(Compare.values(3, y.size()), y, device)
                    : NDArray.empty(y, DType.FLOAT32, device);
            device.kernels().matmul(spec, av, NDArray.of(Compare.values(2, b.size()), b, device), out, write);
            if (expected == null) {
                expected = out;
            } else if (tf32) {
                NDArray sum = NDArray.empty(y, DType.FLOAT32, Device.ref());
                NDArray am = shifted
                        ? NDArray.of(Compare.magnitudes(1, 130 * 24), Shape.of(130, 24), Device.ref()).narrow(1, 1, 20)
                        : NDArray.of(Compare.magnitudes(1, a.size()), a, Device.ref());
                Device.ref().kernels().matmul(spec, am,
                        NDArray.of(Compare.magnitudes(2, b.size()), b, Device.ref()), sum, Write.SET);
                Compare.closeInTf32(expected, sum, out, "product");
            } else {
                Compare.close(expected, out, a.dim(-1) + 1, "product");
            }
        }
    }

    private static void move(Device cuda) {
        NDArray expected = null;
        for (Device device : new Device[] {Device.ref(), cuda}) {
            NDArray x = NDArray.of(Compare.values(1, 6 * 7 * 5), Shape.of(6, 7, 5), device);
            NDArray y = x.permute(2, 0, 1).copy();
            if (expected == null) {
                expected = y;
            } else {
                Compare.close(expected, y, 1, "copy");
            }
        }
    }
}
