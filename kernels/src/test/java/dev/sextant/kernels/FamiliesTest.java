package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.engine.Device;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.Planted;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/// The kernel families beside the ladders: clean under the tracer, and planted bugs are caught.
@OnSimulator
class FamiliesTest {
    static final List<String> SOURCES = Families.SOURCES;
    private static final String WRONG = Planted.WRONG;

    enum Bug {
        UNARY_GRADIENT_SET("pointwise", "pointwise.cu", "dx[i] = add ? dx[i] + g : g;", "dx[i] = g;", WRONG),
        BROADCAST_TAKES_THE_OTHER_STRIDE("pointwise", "pointwise.cu", "* w.b[axis]", "* w.a[axis]", WRONG,
                "out-of-bounds"),
        SLOPE_OF_THE_OTHER("pointwise", "pointwise.cu", "ofB ? slopeB", "ofB ? slopeA", WRONG),
        PHILOX_NINE_ROUNDS("pointwise", "philox.cuh", "round < 10", "round < 9", WRONG),
        PHILOX_WRONG_LANE("pointwise", "philox.cuh", "(unsigned) (index & 3)", "(unsigned) (index & 1)", WRONG),
        SILU_WRONG_SIDE("pointwise", "functions.cuh", "F_SILU: return x * sigmoid(x)", "F_SILU: return x * sigmoid(-x)",
                WRONG),
        FOLD_REFILLED_EARLY("reduce", "reduce.cu", "    __syncthreads();                        // nobody", "    // no",
                "race"),
        FOLD_WITHOUT_BARRIER("reduce", "reduce.cu",
                "        __syncthreads();\n        if (lane < half) {\n            f.value[t] = product",
                "        if (lane < half) {\n            f.value[t] = product", "race", "uninitialised"),
        VARIANCE_ALWAYS_BIASED("reduce", "reduce.cu", "kind == R_VAR ? sum / divisor", "kind == R_VAR ? sum / r.each",
                WRONG),
        TIE_GOES_TO_THE_LATER("reduce", "reduce.cu", "v == best ? at < bestAt", "v == best ? at > bestAt", WRONG),
        SOFTMAX_SUM_OF_ONE_LANE("reduce", "reduce.cu", "sum = partial[t - lane];", "", WRONG),
        POOL_LAST_WINS("pool", "pool.cu", "v > best || v != v", "v >= best || v != v", WRONG),
        POOL_FORGETS_THE_LAST_WINDOW("pool", "pool.cu", "min(outputs - 1, (h", "min(outputs - 2, (h", WRONG),
        POOL_COUNTS_THE_WRONG_PIXELS("pool", "pool.cu", "s.counted = countPadding ?", "s.counted = !countPadding ?",
                WRONG),
        POOL_PADDING_READ("pool", "pool.cu", "start < 0 ? start +", "false ? start +", "out-of-bounds", WRONG),
        NORM_WITHOUT_BARRIER("norm", "members.cuh", "        __syncthreads();\n        if (t < half) {",
                "        if (t < half) {", "race", "uninitialised"),
        NORM_FOLD_REFILLED_EARLY("norm", "members.cuh", "    __syncthreads();                        // nobody",
                "    // no",
                "race"),
        NORM_PART_DROPPED("norm", "norm.cu", "part < count", "part < count - 1 || part == 0", WRONG),
        NORM_PARTS_OF_ONE_PLACE("norm", "norm.cu", "parts[blockIdx.y * m.numbers + blockIdx.x]", "parts[blockIdx.x]",
                WRONG, "race", "uninitialised"),
        MOMENTS_ABOUT_ANOTHER("norm", "norm.cu", "origin(m, x, group) + away", "away", WRONG),
        SUMS_WITHOUT_GAMMA("norm", "norm.cu", "gamma != 0 ? gamma[i] : 1.0", "1.0", WRONG),
        MEMBERS_CARRY_FORGOTTEN("norm", "members.cuh", "w.at += row - m.inner;", "", WRONG, "out-of-bounds"),
        MEMBERS_OF_THE_NEXT_PART("bias", "members.cuh", "min(m.depth, (int) (m.each - start))",
                "(int) (m.each - start)",
                WRONG),
        BIAS_PARTS_OF_ONE_PLACE("bias", "bias.cu", "dbias + blockIdx.y * m.numbers", "dbias", WRONG, "race",
                "uninitialised"),
        RUNNING_VARIANCE_BIASED("norm", "norm.cu", "members / (members - 1.0)", "1.0", WRONG),
        GAMMA_OF_THE_GROUP("norm", "norm.cu", "(unsigned) (i), (g).affineInner", "(unsigned) (i), (g).groupInner",
                WRONG),
        RESPONSE_WINDOW("norm", "norm.cu", "c - (g.size - 1) / 2); o <= min(g.channels - 1, c + g.size / 2)",
                "c - g.size / 2); o <= min(g.channels - 1, c + (g.size - 1) / 2)", WRONG),
        SMOOTHING_NOT_SPREAD("loss", "loss.cu", "smoothing / g.classes", "smoothing", WRONG),
        IGNORED_LABEL_COUNTS("loss", "loss.cu", "probabilities != 0 || labels[item] != g.ignored", "true", WRONG,
                "out-of-bounds"),
        WARP_SUM_OF_HALF("loss", "loss.cu", "int lane = 16; lane > 0", "int lane = 8; lane > 0", WRONG),
        ADAM_NOT_CORRECTED("optim", "optim.cu", "mean / o.correct1", "mean", WRONG),
        MOMENTUM_DAMPED_AT_ONCE("optim", "optim.cu", "first ? g : momentum", "momentum", WRONG),
        REFLECTION_REPEATS_THE_EDGE("index", "index.cu", "2 * (extent - 1) - i", "2 * extent - 1 - i", WRONG),
        GATHER_GRADIENT_OUTSIDE("index", "index.cu", "inside && at < g.y[axis]", "true", WRONG, "out-of-bounds"),
        REPEATED_INDEX_COUNTS_ONCE("index", "index.cu", "sum += dy[(i / g.inner", "sum = dy[(i / g.inner", WRONG),
        BIAS_OF_THE_WRONG_CHANNEL("bias", "bias.cu", "i / g.inner % g.channels", "(i + 1) / g.inner % g.channels",
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
    void close() {
        SimulatedDevice.fresh();
    }

    @ParameterizedTest
    @FieldSource("SOURCES")
    void isCleanUnderTheTracer(String source) throws Throwable {
        Device cuda = SimulatedDevice.traced();
        Families.run(source, 4, cuda);
        cuda.backend().synchronize();
        var simulator = SimulatedDevice.simulator();
        assertEquals(0, simulator.findings(), () -> source + ": " + simulator.report().texts());
    }

    /// Fewer threads than elements, as for more than a million of them.
    @ParameterizedTest
    @FieldSource("SOURCES")
    void walksItsElementsInStridesOfTheGrid(String source) throws Throwable {
        Device cuda = SimulatedDevice.fresh();
        ((CudaBackend) cuda.backend()).limitGrid(1);
        Families.run(source, 1, cuda);
        cuda.backend().synchronize();
        assertEquals(0, SimulatedDevice.simulator().findings());
    }

    @ParameterizedTest
    @EnumSource
    void isCaught(Bug bug) throws Throwable {
        Device cuda = SimulatedDevice.traced();
        bug.planted.mustBeCaught(() -> Families.run(bug.planted.source(), 1, cuda));
    }
}
