package dev.sextant.nn.optim;

import static dev.sextant.nn.Golden.list;
import static dev.sextant.nn.Golden.map;
import static dev.sextant.nn.Golden.number;
import static dev.sextant.nn.Golden.whole;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Golden;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every schedule of the reference data, step by step. A kind that is not known here fails.
class ScheduleGoldenTest {
    /// The reference has 12 digits.
    private static final double RELATIVE = 1e-10;

    @TestFactory
    Stream<DynamicTest> schedules() throws IOException {
        List<?> all = list(Golden.json("optim/schedulers.json").get("schedules"));
        assertFalse(all.isEmpty());
        return IntStream.range(0, all.size()).mapToObj(i -> {
            Map<?, ?> one = map(all.get(i));
            return DynamicTest.dynamicTest(i + " " + one.get("scheduler"), () -> compare(one));
        });
    }

    private static void compare(Map<?, ?> golden) {
        Schedule schedule = schedule((String) golden.get("scheduler"), map(golden.get("args")));
        double base = number(golden.get("baseLr"));
        List<?> rates = list(golden.get("lrs"));
        for (int k = 0; k < rates.size(); k++) {
            near(rates.get(k), schedule.lr(base, k), "rate of step " + k);
        }
        if (golden.containsKey("momentum")) {
            List<?> momenta = list(golden.get("momentum"));
            for (int k = 0; k < momenta.size(); k++) {
                near(momenta.get(k), schedule.momentum(k), "momentum of step " + k);
            }
        } else {
            assertTrue(Double.isNaN(schedule.momentum(0)));
        }
    }

    private static void near(Object expected, double actual, String what) {
        double e = number(expected);
        assertEquals(e, actual, RELATIVE * Math.abs(e) + 1e-15, what);
    }

    private static Schedule schedule(String kind, Map<?, ?> args) {
        return switch (kind) {
            case "StepLR" -> Schedule.step(whole(args.get("step_size")), number(args.get("gamma")));
            case "MultiStepLR" -> Schedule.multiStep(number(args.get("gamma")),
                    list(args.get("milestones")).stream().mapToLong(Golden::whole).toArray());
            case "ExponentialLR" -> Schedule.exponential(number(args.get("gamma")));
            case "CosineAnnealingLR" -> Schedule.cosine(whole(args.get("T_max")), number(args.get("eta_min")));
            case "CosineAnnealingWarmRestarts" -> Schedule.cosineRestarts(whole(args.get("T_0")),
                    (int) whole(args.get("T_mult")), number(args.get("eta_min")));
            case "OneCycleLR" -> new OneCycle(number(args.get("max_lr")), whole(args.get("total_steps")),
                    number(args.get("pct_start")), args.get("anneal_strategy").equals("linear"),
                    number(args.get("div_factor")), number(args.get("final_div_factor")),
                    (Boolean) args.get("three_phase"), number(args.get("base_momentum")),
                    number(args.get("max_momentum")));
            case "LinearLR" -> Schedule.linear(number(args.get("start_factor")), number(args.get("end_factor")),
                    whole(args.get("total_iters")));
            case "PolynomialLR" -> Schedule.polynomial(whole(args.get("total_iters")), number(args.get("power")));
            case "ConstantLR" -> Schedule.constant(number(args.get("factor")), whole(args.get("total_iters")));
            case "LinearWarmupThenCosine" -> Schedule.warmUp(whole(args.get("warmup")),
                    number(args.get("start_factor")),
                    Schedule.cosine(whole(args.get("T_max")), number(args.get("eta_min"))));
            default -> fail("the reference data has a schedule that this test does not know: " + kind);
        };
    }

    @Test
    void epochsStandStill() {
        Schedule s = Schedule.step(1, 0.5).perEpoch(3);
        assertEquals(List.of(1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25),
                IntStream.range(0, 7).mapToObj(k -> s.lr(1, k)).toList());
    }

    @Test
    void oneCycleEndsWithItsCycle() {
        var e = assertThrows(SextantException.class, () -> Schedule.oneCycle(1, 10).lr(1, 10));
        assertTrue(e.getMessage().contains("step 10") && e.getMessage().contains("10 steps"), e.getMessage());
        assertThrows(SextantException.class, () -> Schedule.step(0, 0.1));
    }
}
