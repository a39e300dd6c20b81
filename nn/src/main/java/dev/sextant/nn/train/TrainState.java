package dev.sextant.nn.train;

import java.util.LinkedHashMap;
import java.util.Map;

/// Where a training stands between two steps: what, besides parameters and optimizer state, a resumed run needs to go
/// on as if it had never stopped. Sums are doubles and are stored bit by bit.
///
/// @param epoch        the current epoch, counted from 0
/// @param step         steps done in it
/// @param globalStep   steps done in all
/// @param lossSum      Σ loss · examples of the current epoch
/// @param correct      right answers in the current epoch, -1 if they are not counted
/// @param examples     examples seen in the current epoch
/// @param epochSeconds training time of the current epoch
/// @param allExamples  examples seen in all epochs
/// @param allSeconds   training time of all epochs
public record TrainState(int epoch, int step, long globalStep, double lossSum, long correct, long examples,
        double epochSeconds, long allExamples, double allSeconds) {

    /// Before the first step.
    public static final TrainState START = new TrainState(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /// After one more step.
    TrainState after(double loss, int right, int size, double seconds) {
        return new TrainState(epoch, step + 1, globalStep + 1, lossSum + loss * size, right < 0 ? -1 : correct + right,
                examples + size, epochSeconds + seconds, allExamples + size, allSeconds + seconds);
    }

    /// At the start of the next epoch.
    TrainState nextEpoch() {
        return new TrainState(epoch + 1, 0, globalStep, 0, 0, 0, 0, allExamples, allSeconds);
    }

    /// Mean loss of the current epoch so far.
    public double meanLoss() {
        return lossSum / examples;
    }

    /// Share of right answers of the current epoch so far; NaN if they are not counted.
    public double accuracy() {
        return correct < 0 ? Double.NaN : (double) correct / examples;
    }

    Map<String, String> toMetadata() {
        Map<String, String> m = new LinkedHashMap<>();
        m.put("epoch", Integer.toString(epoch));
        m.put("step", Integer.toString(step));
        m.put("globalStep", Long.toString(globalStep));
        m.put("lossSum", Double.toHexString(lossSum));
        m.put("correct", Long.toString(correct));
        m.put("examples", Long.toString(examples));
        m.put("epochSeconds", Double.toHexString(epochSeconds));
        m.put("allExamples", Long.toString(allExamples));
        m.put("allSeconds", Double.toHexString(allSeconds));
        return m;
    }

    /// @throws NumberFormatException if a field is missing or no number
    static TrainState of(Map<String, String> m) {
        return new TrainState(Integer.parseInt(m.get("epoch")), Integer.parseInt(m.get("step")),
                Long.parseLong(m.get("globalStep")), real(m, "lossSum"),
                Long.parseLong(m.get("correct")), Long.parseLong(m.get("examples")),
                real(m, "epochSeconds"), Long.parseLong(m.get("allExamples")),
                real(m, "allSeconds"));
    }

    private static double real(Map<String, String> m, String key) {
        if (!m.containsKey(key)) {
            throw new NumberFormatException("there is no " + key);
        }
        return Double.parseDouble(m.get(key));
    }
}
