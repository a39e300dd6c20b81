package dev.sextant.cli.graph;

import dev.sextant.cli.chart.Markup;
import dev.sextant.cli.graph.Picture.Arrow;
import dev.sextant.cli.graph.Picture.Box;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/// A picture as SVG. Eclipse ELK places the boxes of the forward pass, values flowing down; the gradients are its mirror
/// image on the right, flowing up, so that the two halves of an operation stand side by side. Dashed lines between
/// them are the tensors that stay in memory from one to the other.
public final class Svg {
    private static final double LETTER = 6.6;
    private static final double LINE = 15;
    private static final double MARGIN = 20;
    private static final double GAP = 70;

    private final Picture picture;
    private final boolean backward;
    private final List<ElkNode> nodes = new ArrayList<>();
    private final Map<Arrow, ElkEdge> edges = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private double width;

    private Svg(Picture picture, boolean backward) {
        this.picture = picture;
        this.backward = backward;
    }

    /// The whole file.
    ///
    /// @param backward whether to show the gradients too
    public static String of(Picture picture, String title, boolean backward) {
        var svg = new Svg(picture, backward);
        ElkNode root = svg.place();
        return svg.draw(root, title);
    }

    private ElkNode place() {
        LayoutMetaDataService.getInstance().registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
        ElkNode root = ElkGraphUtil.createGraph();
        root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
        root.setProperty(CoreOptions.DIRECTION, Direction.DOWN);
        root.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.POLYLINE);
        for (Box b : picture.boxes()) {
            ElkNode node = ElkGraphUtil.createNode(root);
            node.setDimensions(boxWidth(b), boxHeight(b));
            nodes.add(node);
        }
        for (Arrow a : picture.arrows()) {
            edges.put(a, ElkGraphUtil.createSimpleEdge(nodes.get(a.from()), nodes.get(a.to())));
        }
        new RecursiveGraphLayoutEngine().layout(root, new BasicProgressMonitor());
        return root;
    }

    private double boxWidth(Box b) {
        double most = 60;
        for (boolean half : new boolean[] {false, true}) {
            for (String line : half && !backward ? List.<String>of() : Palette.lines(b, half)) {
                most = Math.max(most, line.length() * LETTER + 16);
            }
        }
        return most;
    }

    private double boxHeight(Box b) {
        int lines = Math.max(Palette.lines(b, false).size(), backward ? Palette.lines(b, true).size() : 0);
        return lines * LINE + 10;
    }

    private String draw(ElkNode root, String title) {
        width = root.getWidth();
        double all = MARGIN * 2 + (backward ? 2 * width + GAP : width);
        double height = root.getHeight() + 2 * MARGIN + 2 * LINE;
        add("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" "
                + "font-family=\"sans-serif\" font-size=\"11\">%n", all, height, all, height);
        add("<defs>%s%s</defs>%n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n", marker("value", "#444"),
                marker("gradient", "#b22222"));
        add("<text x=\"%.0f\" y=\"20\" font-size=\"13\" font-weight=\"bold\">%s</text>%n", MARGIN,
                Markup.escape(title));
        if (backward) {
            add("<text x=\"%.0f\" y=\"36\" fill=\"#666\">values flow down, gradients up; dashed: kept from forward to "
                    + "backward</text>%n", MARGIN);
        }
        add("<g transform=\"translate(%.0f %.0f)\">%n", MARGIN, MARGIN + 2 * LINE);
        if (backward) {
            saved();
        }
        edges.forEach(this::lines);
        for (int i = 0; i < nodes.size(); i++) {
            box(i, false);
            if (backward && !picture.boxes().get(i).isInput()) {
                box(i, true);
            }
        }
        return out.append("</g>\n</svg>\n").toString();
    }

    private static String marker(String name, String colour) {
        return "<marker id=\"" + name + "\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
                + "markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\" fill=\"" + colour
                + "\"/></marker>";
    }

    /// The mirror image of a place.
    private double mirrored(double x) {
        return 2 * width + GAP - x;
    }

    private void saved() {
        for (Arrow a : picture.saved()) {
            ElkNode from = nodes.get(a.from());
            ElkNode to = nodes.get(a.to());
            add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#aaa\" stroke-dasharray=\"4 3\"/>%n",
                    from.getX() + from.getWidth(), from.getY() + from.getHeight() / 2,
                    mirrored(to.getX() + to.getWidth()), to.getY() + to.getHeight() / 2);
        }
        ElkNode last = nodes.getLast();
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#b22222\" marker-end=\"url(#gradient)\"/>%n",
                last.getX() + last.getWidth(), last.getY() + 5, mirrored(last.getX() + last.getWidth()),
                last.getY() + 5);
    }

    private void lines(Arrow arrow, ElkEdge edge) {
        ElkEdgeSection section = edge.getSections().getFirst();
        List<double[]> points = new ArrayList<>();
        points.add(new double[] {section.getStartX(), section.getStartY()});
        section.getBendPoints().forEach(p -> points.add(new double[] {p.getX(), p.getY()}));
        points.add(new double[] {section.getEndX(), section.getEndY()});
        polyline(points, "#444", "marker-end=\"url(#value)\"");
        if (backward && !picture.boxes().get(arrow.from()).isInput()) {
            polyline(points.stream().map(p -> new double[] {mirrored(p[0]), p[1]}).toList(), "#b22222",
                    "marker-start=\"url(#gradient)\"");
        }
    }

    private void polyline(List<double[]> points, String colour, String arrowHead) {
        out.append("<polyline fill=\"none\" stroke=\"").append(colour).append("\" ").append(arrowHead)
                .append(" points=\"");
        points.forEach(p -> add("%.1f,%.1f ", p[0], p[1]));
        out.append("\"/>\n");
    }

    private void box(int i, boolean gradient) {
        Box b = picture.boxes().get(i);
        ElkNode node = nodes.get(i);
        double x = gradient ? mirrored(node.getX() + node.getWidth()) : node.getX();
        add("<g><title>%s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\" fill=\"%s\" "
                + "stroke=\"%s\"/>", Markup.escape(String.join("\n", Palette.lines(b, gradient))), x, node.getY(),
                node.getWidth(), node.getHeight(), Palette.colour(b.kind()), gradient ? "#b22222" : "#666");
        List<String> lines = Palette.lines(b, gradient);
        double top = node.getY() + (node.getHeight() - lines.size() * LINE) / 2;
        for (int l = 0; l < lines.size(); l++) {
            add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\"%s>%s</text>", x + node.getWidth() / 2,
                    top + 11.5 + l * LINE, l == 0 ? " font-weight=\"bold\"" : " fill=\"#333\"",
                    Markup.escape(lines.get(l)));
        }
        out.append("</g>\n");
    }

    private void add(String format, Object... args) {
        out.append(String.format(Locale.ROOT, format, args));
    }
}
