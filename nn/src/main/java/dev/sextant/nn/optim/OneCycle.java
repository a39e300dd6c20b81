package dev.sextant.nn.optim;

import dev.sextant.engine.error.SextantException;

/// One cycle of the learning rate: from `maxLr/div` up to `maxLr` during the share `rise` of all steps, then down to
/// `maxLr/div/finalDiv`; with three phases, down to where it began in as many steps, and only then to the end. The
/// momentum goes from `maxMomentum` down to `baseMomentum` and back.
///
/// @param maxLr        highest rate
/// @param totalSteps   steps of the whole cycle; asking for one beyond is an error
/// @param rise         share of the steps that rise, 0..1
/// @param linear       straight lines instead of cosines
/// @param div          how far below `maxLr` the start is
/// @param finalDiv     how far below the start the end is
/// @param threePhase   whether the fall is as long as the rise, followed by a third phase
/// @param baseMomentum momentum at the highest rate
/// @param maxMomentum  momentum at both ends
/// @see <a href="https://arxiv.org/abs/1708.07120">Smith &amp; Topin, 2017</a>
public record OneCycle(double maxLr, long totalSteps, double rise, boolean linear, double div, double finalDiv,
        boolean threePhase, double baseMomentum, double maxMomentum) implements Schedule {

    public OneCycle {
        if (totalSteps < 2 || !(rise >= 0 && rise <= 1)) {
            throw new SextantException("schedule oneCycle: needs totalSteps >= 2 and rise in 0..1, but got %d and %s",
                    totalSteps, rise);
        }
    }

    /// PyTorch's defaults: 30 % rising, cosines, `div` 25, `finalDiv` 10,000, two phases, momentum 0.85 to 0.95.
    public static OneCycle of(double maxLr, long totalSteps) {
        return new OneCycle(maxLr, totalSteps, 0.3, false, 25, 1e4, false, 0.85, 0.95);
    }

    @Override
    public double lr(double base, long step) {
        double start = maxLr / div;
        return at(step, start, maxLr, start / finalDiv);
    }

    @Override
    public double momentum(long step) {
        return at(step, maxMomentum, baseMomentum, maxMomentum);
    }

    /// The value on the way `start` → `peak` → (`start` →) `end`.
    private double at(long step, double start, double peak, double end) {
        if (step >= totalSteps) {
            throw new SextantException("schedule oneCycle: step %d is beyond the cycle of %d steps; give totalSteps = "
                    + "epochs · steps per epoch", step, totalSteps);
        }
        double top = rise * totalSteps - 1;
        double last = totalSteps - 1;
        if (step <= top) {
            return between(start, peak, step / top);
        }
        if (!threePhase) {
            return between(peak, end, (step - top) / (last - top));
        }
        double bottom = 2 * rise * totalSteps - 2;
        return step <= bottom ? between(peak, start, (step - top) / (bottom - top))
                : between(start, end, (step - bottom) / (last - bottom));
    }

    private double between(double from, double to, double share) {
        return linear ? from + (to - from) * share : to + (from - to) / 2 * (1 + Math.cos(Math.PI * share));
    }
}
