package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.bench.BookNet;
import dev.sextant.bench.SextantNet;
import dev.sextant.bench.gpu.ComparedTraining.Part;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.Device;
import dev.sextant.engine.op.OptimizerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Another order of sums passes, and a mistake does not: the CPU is both devices here.
class ComparedTrainingTest {
    private static final double LR = 0.01;

    private static SextantNet net(BookNet net, Precision precision, long seed, double lr, double decay) {
        return SextantNet.initialized(net, 8, Device.simd(CpuSettings.defaults().withPrecision(precision)), seed,
                new OptimizerSpec.Sgd(lr, 0, 0, decay, false));
    }

    private static SextantNet right(BookNet net, long seed) {
        return net(net, Precision.EXACT, seed, LR, 0);
    }

    /// The closest call of some steps.
    private static Part closest(SextantNet subject, SextantNet cpu, int steps) {
        var training = new ComparedTraining(subject, cpu);
        return Stream.generate(training::step).limit(steps).map(ComparedTraining.Step::closest)
                .reduce((a, b) -> a.share() > b.share() ? a : b).orElseThrow();
    }

    /// The two networks whose steps roundings change the most: normalised, and soon near a loss of 0.
    @ParameterizedTest
    @EnumSource(names = {"RESNET18", "DENSENET"})
    void otherRoundingsPass(BookNet net) {
        for (long seed = 3; seed < 6; seed++) {
            Part part = closest(net(net, Precision.FAST, seed, LR, 0), right(net, seed), 8);
            assertTrue(part.error() > 0, "both computed the same bits, which shows nothing");
            assertTrue(part.share() < 1, part + ", seed " + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.99, 1.01})
    void aGradientOfTheWrongScaleFails(double scale) {
        for (BookNet net : List.of(BookNet.LENET, BookNet.DENSENET)) {
            Part part = closest(net(net, Precision.FAST, 1, scale * LR, 0), right(net, 1), 1);
            assertEquals("the length of the whole update", part.what());
            assertTrue(part.share() > 1.5, part.toString());
        }
    }

    @Test
    void everyMissingGradientFails() {
        for (String name : new ArrayList<>(right(BookNet.LENET, 1).model().parameters().keySet())) {
            SextantNet subject = right(BookNet.LENET, 1);
            subject.model().parameters().get(name).freeze(true);
            assertTrue(closest(subject, right(BookNet.LENET, 1), 1).share() > 1, name);
        }
    }

    @Test
    void weightDecayThatNobodyAskedForFails() {
        Part part = closest(net(BookNet.LENET, Precision.FAST, 1, LR, 5e-3), right(BookNet.LENET, 1), 1);
        assertTrue(part.share() > 1, part.toString());
    }

    /// AlexNet drops units: after one step alone, the subject is at the mask of the next.
    @Test
    void theMaskOfAnotherStepFails() {
        SextantNet subject = right(BookNet.ALEXNET, 1);
        SextantNet cpu = right(BookNet.ALEXNET, 1);
        assertTrue(closest(subject, cpu, 1).share() < 1);
        subject.trainStep();
        assertTrue(closest(subject, cpu, 1).share() > 1);
    }

    @Test
    void nanFails() {
        assertTrue(closest(net(BookNet.LENET, Precision.FAST, 1, 1e30, 0), right(BookNet.LENET, 1), 3).share() > 1);
        assertEquals(Double.POSITIVE_INFINITY, new Part("a NaN", Double.NaN, 1).share());
    }
}
