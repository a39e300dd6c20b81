package dev.sextant.cli.chart;

import java.util.List;
import java.util.Locale;

/// Horizontal bars as SVG, one under the other from zero on, each with its value and, where there is one, the interval
/// that the value lies in.
public final class Bars {
    private static final int LEFT = 250;
    private static final int RIGHT = CurveScale.WIDTH - 110;
    private static final int TOP = 40;
    private static final int ROW = 22;
    private static final List<String> COLORS = List.of("#1f77b4", "#b5179e", "#2a9d3f", "#e07b00");

    /// One bar.
    ///
    /// @param low   lower end of the interval; equal to `value` where there is none
    /// @param high  upper end of the interval
    /// @param group bars of one group have one colour
    public record Bar(String label, double value, double low, double high, int group) {
        /// A bar without an interval.
        public static Bar of(String label, double value, int group) {
            return new Bar(label, value, value, value, group);
        }
    }

    private Bars() {
    }

    /// The picture, to stand inside a page.
    ///
    /// @param unit behind the values, for example `GFLOP/s`
    public static String svg(String title, String unit, List<Bar> bars) {
        var out = new StringBuilder(4096);
        int height = TOP + ROW * bars.size() + 12;
        double top = bars.stream().mapToDouble(b -> Math.max(b.value, b.high)).filter(Double::isFinite).max().orElse(1);
        Markup.add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                + "font-family=\"sans-serif\" font-size=\"12\" fill=\"#333a45\">", CurveScale.WIDTH, height,
                CurveScale.WIDTH, height);
        Markup.add(out,
                "<text x=\"%d\" y=\"24\" text-anchor=\"middle\" font-size=\"15\" font-weight=\"bold\">%s</text>",
                CurveScale.WIDTH / 2, Markup.escape(title));
        for (int i = 0; i < bars.size(); i++) {
            bar(out, bars.get(i), TOP + ROW * i, top > 0 ? (RIGHT - LEFT) / top : 0, unit);
        }
        Markup.add(out, "<path d=\"M%d %d V%d\" stroke=\"#b8bec6\"/>", LEFT, TOP - 4, height - 8);
        return out.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder out, Bar bar, int y, double scale, String unit) {
        int middle = y + ROW / 2;
        Markup.add(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, middle + 4,
                Markup.escape(bar.label));
        Markup.add(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", LEFT, y + 3,
                Math.max(0, bar.value * scale), ROW - 6, COLORS.get(bar.group % COLORS.size()));
        double end = Math.max(bar.value, bar.high) * scale;
        double low = Math.max(0, bar.low);
        if (bar.high > bar.low) {
            Markup.add(out,
                    "<path d=\"M%.1f %d H%.1f M%.1f %d v8 M%.1f %d v8\" stroke=\"#333a45\" stroke-width=\"1.5\"/>",
                    LEFT + low * scale, middle, LEFT + bar.high * scale, LEFT + low * scale, middle - 4,
                    LEFT + bar.high * scale, middle - 4);
        }
        Markup.add(out, "<text x=\"%.1f\" y=\"%d\">%s %s</text>", LEFT + end + 6, middle + 4, number(bar.value),
                Markup.escape(unit));
    }

    /// Four digits that matter.
    public static String number(double value) {
        double size = Math.abs(value);
        return size != 0 && (size < 1e-3 || size >= 1e7) ? String.format(Locale.ROOT, "%.2e", value)
                : String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value);
    }
}
