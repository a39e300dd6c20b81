package dev.sextant.nn.optim;

import dev.sextant.engine.error.SextantException;
import java.util.Arrays;

/// A learning rate as a pure function of the step: nothing to store, so a resumed training goes on where it was.
///
/// Steps count from 0: `lr(base, k)` is the rate of update k + 1. `base` is the rate the optimizer's group was made
/// with. Names and formulas are PyTorch's (`torch.optim.lr_scheduler`), in closed form.
@FunctionalInterface
public interface Schedule {

    /// The learning rate of a step.
    ///
    /// @param base the group's own rate
    /// @param step counted from 0
    double lr(double base, long step);

    /// The momentum (Adam's β₁) of a step, or NaN where the schedule leaves it alone.
    default double momentum(long step) {
        return Double.NaN;
    }

    /// The group's own rate throughout.
    static Schedule constant() {
        return (base, step) -> base;
    }

    /// `factor·base` for the first `steps` steps, then `base` (ConstantLR).
    static Schedule constant(double factor, long steps) {
        return (base, step) -> step < steps ? factor * base : base;
    }

    /// `base·gamma^⌊k/size⌋` (StepLR).
    static Schedule step(long size, double gamma) {
        positive("step", "size", size);
        return (base, step) -> base * Math.pow(gamma, step / size);
    }

    /// `base·gamma^(milestones ≤ k)` (MultiStepLR).
    static Schedule multiStep(double gamma, long... milestones) {
        long[] at = milestones.clone();
        return (base, step) -> base * Math.pow(gamma, Arrays.stream(at).filter(m -> m <= step).count());
    }

    /// `base·gamma^k` (ExponentialLR).
    static Schedule exponential(double gamma) {
        return (base, step) -> base * Math.pow(gamma, step);
    }

    /// `min + (base − min)·(1 + cos(π·k/period))/2` (CosineAnnealingLR): down over `period` steps, and up again after.
    static Schedule cosine(long period, double min) {
        positive("cosine", "period", period);
        return (base, step) -> min + (base - min) * (1 + Math.cos(Math.PI * step / period)) / 2;
    }

    /// Cosine from `base` to `min`, starting again after `first` steps, then after `growth` times as many, and so on
    /// (CosineAnnealingWarmRestarts; Loshchilov &amp; Hutter, 2016).
    static Schedule cosineRestarts(long first, int growth, double min) {
        positive("cosineRestarts", "first", first);
        positive("cosineRestarts", "growth", growth);
        return (base, step) -> {
            long since = step;
            long period = first;
            while (since >= period) {
                since -= period;
                period *= growth;
            }
            return min + (base - min) * (1 + Math.cos(Math.PI * since / period)) / 2;
        };
    }

    /// A straight line from `start·base` to `end·base` over `steps` steps, then level (LinearLR).
    static Schedule linear(double start, double end, long steps) {
        positive("linear", "steps", steps);
        return (base, step) -> base * (start + (end - start) * Math.min(step, steps) / steps);
    }

    /// `base·(1 − k/steps)^power`, 0 from `steps` on (PolynomialLR).
    static Schedule polynomial(long steps, double power) {
        positive("polynomial", "steps", steps);
        return (base, step) -> base * Math.pow(1 - (double) Math.min(step, steps) / steps, power);
    }

    /// Up to `maxLr` and down again over all steps, the momentum the other way (OneCycleLR; Smith, 2017), with
    /// PyTorch's defaults. The group's own rate does not matter.
    static OneCycle oneCycle(double maxLr, long totalSteps) {
        return OneCycle.of(maxLr, totalSteps);
    }

    /// A straight line from `start·base` up to `base` over `steps` steps, then the other schedule from its beginning.
    static Schedule warmUp(long steps, double start, Schedule then) {
        return linear(start, 1, steps).then(steps, then);
    }

    /// This schedule for `steps` steps, then another from its beginning.
    default Schedule then(long steps, Schedule next) {
        Schedule first = this;
        return new Schedule() {
            @Override
            public double lr(double base, long step) {
                return step < steps ? first.lr(base, step) : next.lr(base, step - steps);
            }

            @Override
            public double momentum(long step) {
                return step < steps ? first.momentum(step) : next.momentum(step - steps);
            }
        };
    }

    /// This schedule counted in epochs: it stands still within each.
    ///
    /// @param stepsPerEpoch number of steps in an epoch
    default Schedule perEpoch(long stepsPerEpoch) {
        positive("perEpoch", "stepsPerEpoch", stepsPerEpoch);
        Schedule inner = this;
        return new Schedule() {
            @Override
            public double lr(double base, long step) {
                return inner.lr(base, step / stepsPerEpoch);
            }

            @Override
            public double momentum(long step) {
                return inner.momentum(step / stepsPerEpoch);
            }
        };
    }

    private static void positive(String schedule, String name, long value) {
        if (value < 1) {
            throw new SextantException("schedule %s: %s must be at least 1, but is %d", schedule, name, value);
        }
    }
}
