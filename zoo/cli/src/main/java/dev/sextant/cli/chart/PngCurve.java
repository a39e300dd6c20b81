package dev.sextant.cli.chart;

import dev.sextant.cli.run.EpochPoint;
import dev.sextant.cli.run.History;
import dev.sextant.cli.run.TrainPoint;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/// The curve as PNG, drawn by JFreeChart: the same three lines as [SvgCurve].
///
/// Laying out text takes AWT's fonts, which a machine without fontconfig or without a single font lacks; [#png] then
/// throws, often an `Error`, and [CurveFiles] goes on without.
final class PngCurve {
    private static final Color GRID = new Color(0xE3, 0xE6, 0xEA);
    private static final Color TEXT = new Color(0x33, 0x3A, 0x45);

    private PngCurve() {
    }

    private static JFreeChart chart(String title, int epochs, History history) {
        var scale = CurveScale.of(epochs, history);
        var lines = new XYSeriesCollection();
        var loss = new XYSeries(CurveLine.TRAIN_LOSS.label());
        var accuracy = new XYSeries(CurveLine.TRAIN_ACCURACY.label());
        for (TrainPoint p : history.points()) {
            loss.add(p.epoch(), p.loss());
            accuracy.add(p.epoch(), p.accuracy());
        }
        var test = new XYSeries(CurveLine.TEST_ACCURACY.label());
        for (EpochPoint p : history.epochs()) {
            test.add(p.result().epoch(), p.result().testAccuracy());
        }
        lines.addSeries(loss);
        lines.addSeries(accuracy);
        lines.addSeries(test);

        var plot = new XYPlot(lines, axis("epoch", 0, scale.xMax() * 1.01, scale.xStep()),
                axis(null, 0, scale.yMax(), scale.yStep()), renderer());
        plot.setBackgroundPaint(Color.WHITE);
        plot.setDomainGridlinePaint(GRID);
        plot.setRangeGridlinePaint(GRID);
        plot.setDomainGridlineStroke(new BasicStroke(1f));
        plot.setRangeGridlineStroke(new BasicStroke(1f));
        plot.setOutlinePaint(new Color(0xB8, 0xBE, 0xC6));
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);

        var chart = new JFreeChart(title, font(Font.BOLD, 15), plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.getTitle().setPaint(TEXT);
        chart.setPadding(new RectangleInsets(8, 6, 6, 14));
        var legend = new LegendTitle(plot);
        legend.setPosition(RectangleEdge.BOTTOM);
        legend.setItemFont(font(Font.PLAIN, 12));
        legend.setItemPaint(TEXT);
        legend.setFrame(BlockBorder.NONE);
        legend.setItemLabelPadding(new RectangleInsets(2, 4, 2, 14));
        chart.addLegend(legend);
        return chart;
    }

    private static XYLineAndShapeRenderer renderer() {
        var renderer = new XYLineAndShapeRenderer(true, false);
        for (CurveLine line : CurveLine.values()) {
            int i = line.ordinal();
            renderer.setSeriesPaint(i, Color.decode(line.color()));
            renderer.setSeriesStroke(i, new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10f,
                    line.dashes(), 0f));
            // Lines of one point, as a first epoch has, show as dots.
            renderer.setSeriesShape(i, new Ellipse2D.Double(-2.5, -2.5, 5, 5));
        }
        renderer.setSeriesShapesVisible(CurveLine.TEST_ACCURACY.ordinal(), true);
        renderer.setDrawSeriesLineAsPath(true);
        renderer.setLegendLine(new Line2D.Double(-18, 0, 18, 0));
        return renderer;
    }

    private static NumberAxis axis(String label, double from, double to, double step) {
        var axis = new NumberAxis(label);
        axis.setRange(from, to);
        axis.setTickUnit(new NumberTickUnit(step, new DecimalFormat("0.##",
                DecimalFormatSymbols.getInstance(Locale.ROOT))));
        axis.setLabelFont(font(Font.PLAIN, 12));
        axis.setTickLabelFont(font(Font.PLAIN, 11));
        axis.setLabelPaint(TEXT);
        axis.setTickLabelPaint(TEXT);
        axis.setAxisLineVisible(false);
        return axis;
    }

    private static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    /// At twice the nominal size, for sharp text on today's screens.
    static byte[] png(String title, int epochs, History history) throws IOException {
        var image = new BufferedImage(2 * CurveScale.WIDTH, 2 * CurveScale.HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            g.scale(2, 2);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            chart(title, epochs, history).draw(g, new Rectangle2D.Double(0, 0, CurveScale.WIDTH, CurveScale.HEIGHT));
        } finally {
            g.dispose();
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }
}
