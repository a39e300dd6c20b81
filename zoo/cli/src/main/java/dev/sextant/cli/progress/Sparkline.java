package dev.sextant.cli.progress;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// A line chart of one line of text: `█▇▅▃▂▁▁`.
public final class Sparkline {
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final String ASCII = "_.-~=+*#";

    private Sparkline() {
    }

    /// The values from left to right, lowest to highest block; averaged in groups where there are more than `width`,
    /// and `?` where a value is not finite.
    public static String of(List<Double> values, int width, Charset charset) {
        String levels = StandardCharsets.UTF_8.equals(charset) ? BLOCKS : ASCII;
        int columns = Math.min(width, values.size());
        double[] means = new double[columns];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < columns; c++) {
            int from = (int) ((long) c * values.size() / columns);
            int to = (int) ((long) (c + 1) * values.size() / columns);
            means[c] = values.subList(from, to).stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
            if (Double.isFinite(means[c])) {
                low = Math.min(low, means[c]);
                high = Math.max(high, means[c]);
            }
        }
        var line = new StringBuilder();
        for (double mean : means) {
            double height = high > low ? (mean - low) / (high - low) : 0.5;
            line.append(Double.isFinite(mean) ? levels.charAt((int) Math.round(height * 7)) : '?');
        }
        return line.toString();
    }
}
