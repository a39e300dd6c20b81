package dev.sextant.bench.gpu;

import dev.sextant.bench.gpu.Check.Measured;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What came out of a check; a line of the report.
///
/// @param error   the largest difference from the expected; null where nothing was compared
/// @param allowed the largest difference allowed
/// @param message what was looked at, or what went wrong with the numbers
/// @param seconds that the check took, its comparison on the CPU included
record Finding(String section, String device, String name, Outcome outcome, Double error, Double allowed,
        String message, double seconds, Map<String, Double> numbers, Map<String, List<Double>> series) {

    /// How it ended.
    enum Outcome {
        /// As it should be.
        PASSED,
        /// Not as it should be; the message says how.
        FAILED,
        /// Not looked at; the message says why.
        SKIPPED,
        /// The process died or hung.
        CRASHED;

        /// For people.
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        boolean isBad() {
            return this == FAILED || this == CRASHED;
        }
    }

    static Finding of(Check check, Outcome outcome, Measured measured, String message, double seconds) {
        return new Finding(check.section(), check.device(), check.name(), outcome,
                measured == null ? null : finite(measured.error()),
                measured == null ? null : finite(measured.allowed()),
                message == null ? "" : message, seconds, measured == null ? Map.of() : measured.numbers(),
                measured == null ? Map.of() : lists(measured.series()));
    }

    private static Map<String, List<Double>> lists(Map<String, double[]> series) {
        Map<String, List<Double>> lists = new LinkedHashMap<>();
        series.forEach((name, values) -> lists.put(name,
                Arrays.stream(values).mapToObj(Finding::finite).collect(Collectors.toList())));
        return lists;
    }

    // JSON has neither infinity nor NaN.
    private static Double finite(double value) {
        return Double.isNaN(value) ? null : Math.clamp(value, -Double.MAX_VALUE, Double.MAX_VALUE);
    }
}
