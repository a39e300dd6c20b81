package dev.sextant.cli.chart;

import dev.sextant.nn.metrics.ConfusionMatrix;
import java.util.List;

/// A confusion matrix as SVG: a row per true class, a column per answer, each cell as dark as its share of the row.
public final class ConfusionPicture {
    private static final int CELL = 46;
    private static final int LEFT = 110;
    private static final int TOP = 130;

    private ConfusionPicture() {
    }

    /// The picture.
    ///
    /// @param names of the classes, as many as there are
    public static String svg(String title, ConfusionMatrix matrix, List<String> names) {
        int side = CELL * matrix.classes();
        var out = new StringBuilder(16384);
        Markup.add(out,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>%n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
                        + "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"#333a45\">",
                LEFT + side + 20,
                TOP + side + 20);
        Markup.add(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>");
        Markup.add(out, "<text x=\"12\" y=\"24\" font-size=\"15\" font-weight=\"bold\">%s</text>",
                Markup.escape(title));
        Markup.add(out, "<text x=\"12\" y=\"44\">rows: the true class; columns: the answer; accuracy %.4f</text>",
                matrix.accuracy());
        for (int c = 0; c < matrix.classes(); c++) {
            int middle = CELL * c + CELL / 2;
            String name = Markup.escape(names.get(c));
            Markup.add(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", LEFT - 8, TOP + middle + 4, name);
            Markup.add(out, "<text transform=\"translate(%d %d) rotate(-45)\">%s</text>", LEFT + middle, TOP - 8, name);
            for (int answer = 0; answer < matrix.classes(); answer++) {
                cell(out, matrix, c, answer);
            }
        }
        return out.append("</svg>\n").toString();
    }

    private static void cell(StringBuilder out, ConfusionMatrix matrix, int truth, int answer) {
        long count = matrix.count(truth, answer);
        double share = matrix.support(truth) == 0 ? 0 : (double) count / matrix.support(truth);
        int x = LEFT + CELL * answer;
        int y = TOP + CELL * truth;
        // Right answers blue, wrong ones red; the root makes small shares visible.
        Markup.add(out,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" fill-opacity=\"%.3f\" stroke=\"#e3e6ea\"/>",
                x, y, CELL, CELL, truth == answer ? "#1f77b4" : "#c1121f", Math.sqrt(share));
        if (count > 0) {
            Markup.add(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">%d</text>", x + CELL / 2,
                    y + CELL / 2 + 4, share > 0.4 ? "#ffffff" : "#333a45", count);
        }
    }
}
