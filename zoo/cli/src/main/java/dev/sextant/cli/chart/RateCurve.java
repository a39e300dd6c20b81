package dev.sextant.cli.chart;

import dev.sextant.nn.train.LrFinder;
import java.util.List;
import java.util.Locale;

/// A learning-rate range test as SVG, in the manner of the training curve: loss over the logarithm of the rate.
public final class RateCurve {
    private static final int LEFT = 44;
    private static final int RIGHT = CurveScale.WIDTH - 22;
    private static final int TOP = 40;
    private static final int BOTTOM = CurveScale.HEIGHT - 50;

    private final StringBuilder out = new StringBuilder(8192);
    private final double first;
    private final double last;
    private final double top;

    private RateCurve(List<LrFinder.Point> points) {
        first = Math.floor(Math.log10(points.getFirst().lr()));
        last = Math.max(first + 1, Math.ceil(Math.log10(points.getLast().lr())));
        // An explosion at the end would flatten everything before it.
        top = 1.5 * points.getFirst().loss();
    }

    /// The picture.
    ///
    /// @param found with at least one point
    public static String svg(String title, LrFinder found) {
        var curve = new RateCurve(found.points());
        curve.draw(title, found);
        return curve.out.toString();
    }

    private void draw(String title, LrFinder found) {
        add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>%n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                + "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333a45\">", CurveScale.WIDTH,
                CurveScale.HEIGHT);
        add("<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        add("<text x=\"%d\" y=\"24\" text-anchor=\"middle\" font-size=\"15\" font-weight=\"bold\">%s</text>",
                CurveScale.WIDTH / 2, Markup.escape(title));
        for (double power = first; power <= last; power++) {
            double x = x(Math.pow(10, power));
            add("<path d=\"M%.1f %d V%d\" stroke=\"#e3e6ea\"/>", x, TOP, BOTTOM);
            add("<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" font-size=\"11\">1e%.0f</text>", x, BOTTOM + 16,
                    power);
        }
        for (int i = 0; i <= 5; i++) {
            double loss = top * i / 5;
            add("<path d=\"M%d %.1f H%d\" stroke=\"#e3e6ea\"/>", LEFT, y(loss), RIGHT);
            add("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" font-size=\"11\">%.2f</text>", LEFT - 6, y(loss) + 4,
                    loss);
        }
        add("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">learning rate</text>", (LEFT + RIGHT) / 2, BOTTOM + 34);
        var path = new StringBuilder();
        for (LrFinder.Point p : found.points()) {
            path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", x(p.lr()), y(p.loss())));
        }
        add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-linejoin=\"round\"/>", path,
                CurveLine.TRAIN_LOSS.color());
        if (Double.isFinite(found.suggestion())) {
            double x = x(found.suggestion());
            add("<path d=\"M%.1f %d V%d\" stroke=\"#b5179e\" stroke-dasharray=\"7 4\"/>", x, TOP, BOTTOM);
            add("<text x=\"%.1f\" y=\"%d\" fill=\"#b5179e\">steepest: %.2g</text>", x + 6, TOP + 14,
                    found.suggestion());
        }
        add("</svg>");
    }

    private void add(String format, Object... args) {
        out.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    private double x(double lr) {
        return LEFT + (Math.log10(lr) - first) / (last - first) * (RIGHT - LEFT);
    }

    private double y(double loss) {
        return BOTTOM - Math.clamp(loss / top, 0, 1) * (BOTTOM - TOP);
    }
}
