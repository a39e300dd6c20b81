package dev.sextant.bench.gpu;

import dev.sextant.bench.SextantNet;
import dev.sextant.engine.NDArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A training whose every step the CPU does over, from the weights that the other device has come to.
///
/// Two right trainings drift apart: sums in another order differ in their last bits, some ReLU or maximum then decides
/// otherwise, and ten steps later the losses of AlexNet differ by a thousandth with nothing wrong. A step from the same
/// weights does not have that past. Three things of it must be the CPU's: the loss; how far the step goes along the
/// CPU's, which a gradient's wrong scale changes and roundings hardly; and where each parameter goes.
final class ComparedTraining {
    /// What is allowed. Beside it the worst of the CPU's own precisions and convolutions (`fast` and `im2col` beside
    /// `exact`; seven networks, two seeds, 20 steps of batch 8).
    static final double LOSS = 1e-5; // 3e-7
    static final double LENGTH = 5e-3; // 9e-4
    static final double PARAMETER = 0.25; // 5e-2

    /// A weight's own rounding, as a share of it.
    private static final double ROUNDING = 0x1p-23;
    /// What cancellation leaves where a gradient is none, as of a bias before a batch norm, which takes it out again: a
    /// share of the largest gradient of all parameters. (At 1e-5 a right H100 came to 0.21 for such a bias of DenseNet.)
    private static final double CANCELLED = 3e-5;

    private final SextantNet subject;
    private final SextantNet cpu;
    private double firstLoss;

    /// One quantity of a step.
    ///
    /// @param error as a share of what is right; infinite for NaN
    record Part(String what, double error, double allowed) {
        Part {
            error = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
        }

        /// How close it came to what is allowed, which is 1.
        double share() {
            return error / allowed;
        }
    }

    /// A step on both devices.
    ///
    /// @param loss     of the other device, before the step
    /// @param expected the CPU's
    /// @param closest  the quantity that differs most, as a share of what it may
    record Step(double loss, double expected, Part closest) {
    }

    /// A parameter's update beside the one that the CPU made; lengths are root mean squares.
    ///
    /// @param along    how much longer it is in the CPU's direction, times the CPU's length, summed over the elements
    /// @param square   of the CPU's update, summed alike
    /// @param distance of the two updates
    /// @param weight   length of the parameter itself
    private record Update(String name, double along, double square, double length, double distance, double weight) {
        static Update of(String name, float[] before, float[] expected, float[] actual) {
            double along = 0;
            double square = 0;
            double distance = 0;
            double weight = 0;
            for (int i = 0; i < before.length; i++) {
                double right = (double) expected[i] - before[i];
                double wrong = (double) actual[i] - expected[i];
                along += wrong * right;
                square += right * right;
                distance += wrong * wrong;
                weight += (double) before[i] * before[i];
            }
            int n = before.length;
            return new Update(name, along, square, Math.sqrt(square / n), Math.sqrt(distance / n),
                    Math.sqrt(weight / n));
        }

        /// @param largest length of all parameters' updates
        Part part(double largest) {
            double beyond = distance - ROUNDING * weight - CANCELLED * largest;
            return new Part("the update of " + name, beyond <= 0 ? 0 : beyond / length, PARAMETER);
        }
    }

    /// @param subject what is checked; it trains undisturbed
    /// @param cpu     the same network and rule on a CPU
    ComparedTraining(SextantNet subject, SextantNet cpu) {
        this.subject = subject;
        this.cpu = cpu;
    }

    /// Trains both by one step.
    Step step() {
        Map<String, float[]> before = new LinkedHashMap<>();
        subject.model().parameters().forEach((name, p) -> before.put(name, p.value().toFloats()));
        cpu.model().parameters().forEach((name, p) -> p.assign(NDArray.of(before.get(name), p.shape(), cpu.device())));
        double expected = cpu.trainStep();
        double loss = subject.trainStep();
        firstLoss = firstLoss == 0 ? expected : firstLoss;
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("the loss", Math.abs(loss - expected) / firstLoss, LOSS));
        List<Update> updates = updates(before);
        double largest = updates.stream().mapToDouble(Update::length).max().orElseThrow();
        updates.forEach(u -> parts.add(u.part(largest)));
        // A CPU that goes nowhere gives 0 / 0: such a comparison shows nothing, and fails.
        parts.add(new Part("the length of the whole update", Math.abs(updates.stream().mapToDouble(Update::along).sum())
                / updates.stream().mapToDouble(Update::square).sum(), LENGTH));
        return new Step(loss, expected, parts.stream().max(Comparator.comparingDouble(Part::share)).orElseThrow());
    }

    private List<Update> updates(Map<String, float[]> before) {
        List<Update> updates = new ArrayList<>();
        var right = cpu.model().parameters();
        subject.model().parameters().forEach((name, p) -> updates.add(Update.of(name, before.get(name),
                right.get(name).value().toFloats(), p.value().toFloats())));
        return updates;
    }
}
