package dev.sextant.cli.chart;

/// A published value that a line of the curve is compared with.
///
/// @param label who published it
/// @param below whether the label stands under its line, out of another one's way
public record CurveMark(CurveLine line, double value, String label, boolean below) {
}
