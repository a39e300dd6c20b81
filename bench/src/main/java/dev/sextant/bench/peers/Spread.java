package dev.sextant.bench.peers;

import java.util.Arrays;
import java.util.Locale;

/// Several measurements of one number.
record Spread(double low, double median, double high) {

    static Spread of(double[] values) {
        double[] s = values.clone();
        Arrays.sort(s);
        int n = s.length;
        return new Spread(s[0], n % 2 == 1 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2, s[n - 1]);
    }

    static double geometricMean(double[] values) {
        return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
    }

    /// `1.23x (1.10 to 1.31)`.
    String ratio() {
        return String.format(Locale.ROOT, "%.2fx (%.2f to %.2f)", median, low, high);
    }
}
