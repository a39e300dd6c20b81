package dev.sextant.cli.chart;

import java.util.List;
import java.util.Locale;

/// Values by step as SVG, several lines in one frame from zero up; told apart by dashes too, not by colour alone.
public final class Lines {
    private static final int WIDTH = 420;
    private static final int HEIGHT = 230;
    private static final int LEFT = 44;
    private static final int RIGHT = WIDTH - 14;
    private static final int TOP = 34;
    private static final int BOTTOM = HEIGHT - 46;
    private static final List<String> STROKES = List.of("stroke=\"#1f77b4\" stroke-width=\"2.5\"",
            "stroke=\"#b5179e\" stroke-width=\"2\" stroke-dasharray=\"7 4\"",
            "stroke=\"#2a9d3f\" stroke-width=\"2\" stroke-dasharray=\"2 3\"");

    /// One line.
    ///
    /// @param values from the first step on; null breaks the line
    public record Line(String label, List<Double> values) {
    }

    private Lines() {
    }

    /// The picture, to stand inside a page.
    ///
    /// @param lines at most three
    public static String svg(String title, List<Line> lines) {
        var out = new StringBuilder(4096);
        double top = 1.05 * lines.stream().flatMap(l -> l.values.stream()).filter(v -> v != null)
                .mapToDouble(v -> v).max().orElse(1);
        int steps = lines.stream().mapToInt(l -> l.values.size()).max().orElse(1);
        Markup.add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
                + "font-family=\"sans-serif\" font-size=\"11\" fill=\"#333a45\">", WIDTH, HEIGHT, WIDTH, HEIGHT);
        Markup.add(out,
                "<text x=\"%d\" y=\"20\" text-anchor=\"middle\" font-size=\"13\" font-weight=\"bold\">%s</text>",
                WIDTH / 2, Markup.escape(title));
        for (int i = 0; i <= 4; i++) {
            double y = BOTTOM - i / 4.0 * (BOTTOM - TOP);
            Markup.add(out,
                    "<path d=\"M%d %.1f H%d\" stroke=\"#e3e6ea\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT, y, RIGHT, LEFT - 5, y + 4, Bars.number(top * i / 4));
        }
        Markup.add(out, "<text x=\"%d\" y=\"%d\">step 1</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>",
                LEFT,
                BOTTOM + 15, RIGHT, BOTTOM + 15, steps);
        for (int i = 0; i < lines.size(); i++) {
            String stroke = STROKES.get(i % STROKES.size());
            Markup.add(out, "<path d=\"%s\" fill=\"none\" %s/>", path(lines.get(i).values, steps, top), stroke);
            Markup.add(out, "<path d=\"M%d %d h26\" fill=\"none\" %s/><text x=\"%d\" y=\"%d\">%s</text>",
                    LEFT + 120 * i,
                    HEIGHT - 12, stroke, LEFT + 120 * i + 32, HEIGHT - 8, Markup.escape(lines.get(i).label));
        }
        return out.append("</svg>\n").toString();
    }

    private static String path(List<Double> values, int steps, double top) {
        var path = new StringBuilder("M0 0");
        boolean open = false;
        for (int i = 0; i < values.size(); i++) {
            Double value = values.get(i);
            if (value != null) {
                path.append(String.format(Locale.ROOT, " %s%.1f %.1f", open ? "L" : "M",
                        LEFT + (double) i / Math.max(1, steps - 1) * (RIGHT - LEFT),
                        BOTTOM - Math.clamp(value / top, 0, 1) * (BOTTOM - TOP)));
            }
            open = value != null;
        }
        return path.toString();
    }
}
