package dev.sextant.cli.graph;

import dev.sextant.cli.graph.Picture.Arrow;
import dev.sextant.cli.graph.Picture.Box;
import java.util.List;

/// A picture in Graphviz's language.
///
/// @see <a href="https://graphviz.org/doc/info/lang.html">The DOT language</a>
public final class Dot {
    private Dot() {
    }

    /// The whole file.
    ///
    /// @param backward whether to show the gradients too
    public static String of(Picture picture, String title, boolean backward) {
        var out = new StringBuilder("digraph network {\n").append("  label=").append(quote(title)).append(";\n")
                .append("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n");
        List<Box> boxes = picture.boxes();
        for (int i = 0; i < boxes.size(); i++) {
            Box b = boxes.get(i);
            out.append("  f").append(i).append(" [label=").append(quote(Palette.lines(b, false)))
                    .append(", fillcolor=\"").append(Palette.colour(b.kind())).append("\"];\n");
        }
        for (Arrow a : picture.arrows()) {
            out.append("  f").append(a.from()).append(" -> f").append(a.to()).append(";\n");
        }
        if (backward) {
            backward(picture, out);
        }
        return out.append("}\n").toString();
    }

    /// Gradients flow up beside the values that flow down: their arrows are turned round for the layout.
    private static void backward(Picture picture, StringBuilder out) {
        List<Box> boxes = picture.boxes();
        for (int i = 0; i < boxes.size(); i++) {
            Box b = boxes.get(i);
            if (!b.isInput()) {
                out.append("  b").append(i).append(" [label=").append(quote(Palette.lines(b, true)))
                        .append(", fillcolor=\"").append(Palette.colour(b.kind())).append("\", color=firebrick];\n");
            }
        }
        for (Arrow a : picture.arrows()) {
            if (!boxes.get(a.from()).isInput()) {
                out.append("  b").append(a.from()).append(" -> b").append(a.to())
                        .append(" [dir=back, color=firebrick];\n");
            }
        }
        for (Arrow a : picture.saved()) {
            out.append("  f").append(a.from()).append(" -> b").append(a.to())
                    .append(" [style=dashed, color=gray50, constraint=false];\n");
        }
        int last = boxes.size() - 1;
        out.append("  f").append(last).append(" -> b").append(last).append(" [color=firebrick, constraint=false];\n");
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private static String quote(List<String> lines) {
        return quote(String.join("\n", lines));
    }
}
