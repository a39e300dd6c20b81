package dev.sextant.cli.reproduce;

import dev.sextant.nn.train.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How a run compares with what is published: each measure with its band, and whether it lies inside.
///
/// @param outcome what it comes to
/// @param checks  the measures; empty where there is nothing to compare
/// @param remark  what a reader should know besides, or empty
public record Verdict(Outcome outcome, List<Check> checks, String remark) {
    /// What three seeds of PyTorch gave for LeNet after ten epochs: train loss, train accuracy, and the worst seed's
    /// best test accuracy of the last three epochs.
    private static final double[] CURVE_LOSS = {0.461168, 0.470933};
    private static final double[] CURVE_ACCURACY = {0.822817, 0.8274};
    private static final double CURVE_BEST_TEST = 0.783;

    private static final double CHANCE = Math.log(10);
    /// A loss this near to chance after at least one epoch: the network has not begun to learn.
    private static final double PLATEAU = CHANCE - 0.05;

    /// What a comparison comes to.
    public enum Outcome {
        /// Every measure is inside its band.
        WITHIN("within the band"),
        /// One is not.
        OUTSIDE("OUTSIDE the band"),
        /// Fewer epochs than the published run had.
        TOO_EARLY("no verdict yet"),
        /// Nobody prints numbers for this network.
        UNPUBLISHED("nothing published to compare with");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /// One measure.
    ///
    /// @param low  of the band, or NaN where it has no lower end
    /// @param high of the band, or NaN where it has no upper end
    public record Check(String what, double value, double published, double low, double high) {
        /// Whether the value lies in the band; NaN never does.
        public boolean inside() {
            return !Double.isNaN(value) && !(value < low) && !(value > high);
        }

        private String band() {
            return Double.isNaN(low) ? "<= " + number(high)
                    : Double.isNaN(high) ? ">= " + number(low) : number(low) + ".." + number(high);
        }

        /// For people.
        ///
        /// @param judged whether to say inside or outside
        String line(boolean judged) {
            return String.format(Locale.ROOT, "%-25s %s, published %.3f, band %s%s", what, number(value), published,
                    band(),
                    !judged ? "" : inside() ? ": inside" : ": outside");
        }
    }

    /// Three decimals; of small losses four, since a band around them is narrower than a thousandth.
    static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 0.1 ? "%.4f" : "%.3f", value);
    }

    /// Compares a run's epochs with what is published.
    ///
    /// @param epochs in order, the last one the run's end so far
    public static Verdict of(Optional<Published> published, List<EpochResult> epochs, String net, long seed) {
        EpochResult last = epochs.getLast();
        String remark = remark(net, seed, last);
        if (published.isEmpty()) {
            return new Verdict(Outcome.UNPUBLISHED, List.of(), remark);
        }
        List<Check> checks = checks(published.get(), epochs, last);
        Outcome outcome = last.epoch() < Published.EPOCHS ? Outcome.TOO_EARLY
                : checks.stream().allMatch(Check::inside) ? Outcome.WITHIN : Outcome.OUTSIDE;
        return new Verdict(outcome, checks, remark);
    }

    private static List<Check> checks(Published p, List<EpochResult> epochs, EpochResult last) {
        return switch (p.rule()) {
            case PRINTED -> List.of(
                    new Check("train loss", last.trainLoss(), p.trainLoss(), Double.NaN, 1.15 * p.trainLoss()),
                    new Check("test accuracy", last.testAccuracy(), p.testAccuracy(), p.testAccuracy() - 0.03,
                            Double.NaN));
            case ASSERTED -> List.of(
                    new Check("train loss", last.trainLoss(), p.trainLoss(), Double.NaN, p.trainLoss()),
                    new Check("train accuracy", last.trainAccuracy(), p.trainAccuracy(), p.trainAccuracy(), Double.NaN),
                    new Check("test accuracy", last.testAccuracy(), p.testAccuracy(), p.testAccuracy(), Double.NaN));
            // Three seeds do not show all that seeds can do: 5 % more for the loss, 0.015 and 0.03 for the accuracies.
            case CURVE -> List.of(
                    new Check("train loss", last.trainLoss(), p.trainLoss(), 0.95 * CURVE_LOSS[0],
                            1.05 * CURVE_LOSS[1]),
                    new Check("train accuracy", last.trainAccuracy(), p.trainAccuracy(), CURVE_ACCURACY[0] - 0.015,
                            CURVE_ACCURACY[1] + 0.015),
                    new Check("best test accuracy of 3", best(epochs), p.testAccuracy(), CURVE_BEST_TEST - 0.03,
                            Double.NaN));
        };
    }

    /// Test accuracy moves by several points from epoch to epoch at this rate, so the best of the last three counts.
    private static double best(List<EpochResult> epochs) {
        return epochs.subList(Math.max(0, epochs.size() - 3), epochs.size()).stream()
                .mapToDouble(EpochResult::testAccuracy).max().orElse(Double.NaN);
    }

    private static String remark(String net, long seed, EpochResult last) {
        if (!(last.trainLoss() > PLATEAU)) {
            return "";
        }
        String at = String.format(Locale.ROOT, "the loss of %.3f is that of guessing among ten classes, ln 10 = 2.303",
                last.trainLoss());
        return net.equals("nin")
                ? at + ": NiN's known instability at the book's rate 0.1 (d2l-en#1150), here with seed " + seed
                        + "; another --seed may leave the plateau"
                : at + ": with seed " + seed + " the network has not left its first plateau";
    }

    /// For people: one line a measure, then the outcome.
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        checks.forEach(c -> lines.add(c.line(outcome != Outcome.TOO_EARLY)));
        lines.add("verdict: " + outcome
                + (outcome == Outcome.TOO_EARLY ? ", the published run has " + Published.EPOCHS + " epochs" : ""));
        if (!remark.isEmpty()) {
            lines.add("remark: " + remark);
        }
        return lines;
    }
}
