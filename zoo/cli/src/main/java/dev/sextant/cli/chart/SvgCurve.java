package dev.sextant.cli.chart;

import dev.sextant.cli.run.History;
import java.util.List;
import java.util.Locale;

/// The curve as SVG. Written without AWT: that takes a fraction of a millisecond beside a training that wants every
/// core, and works on machines that have no fonts, for the viewer brings its own and lays out the text.
final class SvgCurve {
    private static final int LEFT = 44;
    private static final int RIGHT = CurveScale.WIDTH - 22;
    private static final int TOP = 40;
    private static final int BOTTOM = CurveScale.HEIGHT - 66;

    private final StringBuilder out = new StringBuilder(4096);
    private final CurveScale scale;

    private record Dot(double x, double y) {
    }

    private SvgCurve(CurveScale scale) {
        this.scale = scale;
    }

    static String svg(String title, int epochs, History history) {
        return svg(title, epochs, history, List.of());
    }

    /// @param marks values to compare the lines with
    static String svg(String title, int epochs, History history, List<CurveMark> marks) {
        var svg = new SvgCurve(CurveScale.of(epochs, history));
        svg.add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>%n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                + "height=\"%d\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333a45\">",
                CurveScale.WIDTH, CurveScale.HEIGHT, CurveScale.WIDTH, CurveScale.HEIGHT);
        svg.add("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        svg.add("<text x=\"%d\" y=\"24\" text-anchor=\"middle\" font-size=\"15\" font-weight=\"bold\">%s</text>",
                CurveScale.WIDTH / 2, Markup.escape(title));
        svg.frame();
        svg.line(CurveLine.TRAIN_LOSS, history.points().stream().map(p -> new Dot(p.epoch(), p.loss())).toList());
        svg.line(CurveLine.TRAIN_ACCURACY,
                history.points().stream().map(p -> new Dot(p.epoch(), p.accuracy())).toList());
        svg.line(CurveLine.TEST_ACCURACY, history.epochs().stream()
                .map(p -> new Dot(p.result().epoch(), p.result().testAccuracy())).toList());
        marks.forEach(svg::mark);
        svg.legend();
        svg.add("</svg>");
        return svg.out.toString();
    }

    private void add(String format, Object... args) {
        out.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    private double x(double epoch) {
        return LEFT + epoch / scale.xMax() * (RIGHT - LEFT);
    }

    private double y(double value) {
        return BOTTOM - value / scale.yMax() * (BOTTOM - TOP);
    }

    private void frame() {
        for (int i = 0; i * scale.xStep() <= scale.xMax() * (1 + 1e-9); i++) {
            double at = x(i * scale.xStep());
            add("<path d=\"M%.1f %d V%d\" stroke=\"#e3e6ea\"/>", at, TOP, BOTTOM);
            add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"11\">%s</text>", at, BOTTOM + 16,
                    label(i * scale.xStep()));
        }
        for (int i = 0; i * scale.yStep() <= scale.yMax() * (1 + 1e-9); i++) {
            double at = y(i * scale.yStep());
            add("<path d=\"M%d %.1f H%d\" stroke=\"#e3e6ea\"/>", LEFT, at, RIGHT);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" font-size=\"11\">%s</text>", LEFT - 6, at + 4,
                    label(i * scale.yStep()));
        }
        add("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#b8bec6\"/>", LEFT, TOP,
                RIGHT - LEFT, BOTTOM - TOP);
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">epoch</text>", (LEFT + RIGHT) / 2, BOTTOM + 34);
        add("<clipPath id=\"plot\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/></clipPath>", LEFT, TOP - 3,
                RIGHT - LEFT + 3, BOTTOM - TOP + 6);
    }

    private static String label(double value) {
        return String.format(Locale.ROOT, "%.2f", value).replaceAll("\\.?0+$", "");
    }

    /// A value that is not finite breaks the line.
    private void line(CurveLine line, List<Dot> dots) {
        var path = new StringBuilder();
        boolean open = false;
        for (Dot dot : dots) {
            if (Double.isFinite(dot.y())) {
                path.append(String.format(Locale.ROOT, "%s%.2f %.2f", open ? " L" : " M", x(dot.x()), y(dot.y())));
            }
            open = Double.isFinite(dot.y());
        }
        if (!path.isEmpty()) {
            add("<path d=\"%s\" clip-path=\"url(#plot)\" %s/>", path.substring(1), stroke(line));
        }
        if (line == CurveLine.TEST_ACCURACY) {
            for (Dot dot : dots) {
                if (Double.isFinite(dot.y())) {
                    add("<circle cx=\"%.2f\" cy=\"%.2f\" r=\"2.5\" fill=\"%s\"/>", x(dot.x()), y(dot.y()),
                            line.color());
                }
            }
        }
    }

    /// A thin level line in the curve's colour, with the value and where it is from.
    private void mark(CurveMark mark) {
        add("<path d=\"M%d %.1f H%d\" stroke=\"%s\" stroke-width=\"1\" stroke-dasharray=\"2 3\"/>", LEFT,
                y(mark.value()), RIGHT, mark.line().color());
        add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" font-size=\"11\" fill=\"%s\">%s %.3f</text>", RIGHT - 4,
                y(mark.value()) + (mark.below() ? 12 : -4), mark.line().color(), Markup.escape(mark.label()),
                mark.value());
    }

    private static String stroke(CurveLine line) {
        var dashes = new StringBuilder();
        if (line.dashes() != null) {
            for (float length : line.dashes()) {
                dashes.append(dashes.isEmpty() ? "" : " ").append((int) length);
            }
        }
        return "fill=\"none\" stroke=\"" + line.color() + "\" stroke-width=\"2\" stroke-linejoin=\"round\""
                + (dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\"");
    }

    private void legend() {
        int at = CurveScale.WIDTH / 2 - 165;
        int y = CurveScale.HEIGHT - 14;
        for (CurveLine line : CurveLine.values()) {
            add("<path d=\"M%d %d h36\" %s/>", at, y - 4, stroke(line));
            add("<text x=\"%d\" y=\"%d\">%s</text>", at + 42, y, line.label());
            at += 115;
        }
    }
}
