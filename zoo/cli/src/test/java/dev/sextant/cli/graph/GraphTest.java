package dev.sextant.cli.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.CommandLine;
import dev.sextant.cli.ExitCode;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class GraphTest {
    @TempDir
    Path folder;

    private static String graph(String line) {
        CommandLine c = CommandLine.run(("graph " + line).split(" "));
        assertEquals(ExitCode.OK, c.code(), c.err());
        return c.out();
    }

    private static List<String> matches(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().map(r -> r.group()).toList();
    }

    /// What a teacher would draw on the board.
    @Test
    void leNetForwardAndBackward() {
        String dot = graph("lenet --format dot");
        List<String> titles = Pattern.compile("f\\d+ \\[label=\"([^\\\\]+)").matcher(dot).results()
                .map(r -> r.group(1)).toList();
        assertEquals(List.of("input", "conv2d  0", "sigmoid  1", "avg_pool2d  2", "conv2d  3", "sigmoid  4",
                "avg_pool2d  5", "reshape  6", "linear  7", "sigmoid  8", "linear  9", "sigmoid  10", "linear  11",
                "cross_entropy"), titles);
        assertEquals(13, matches(dot, "f\\d+ -> f\\d+;").size());
        assertEquals(12, matches(dot, "b\\d+ -> b\\d+ \\[dir=back").size(), "no gradient flows into the images");
        assertTrue(dot.contains("[label=\"conv2d′  0\\nkeeps x, weight\\ngives d weight, d bias\""), dot);
        assertTrue(dot.contains("[label=\"sigmoid′  1\\nkeeps y\""), dot);
        assertTrue(dot.contains("[label=\"avg_pool2d′  2\\nkeeps nothing\""), dot);
        // The images stay for the first convolution's backward pass, the pooled maps for the second's.
        assertTrue(dot.contains("f0 -> b1 [style=dashed") && dot.contains("f3 -> b4 [style=dashed"), dot);
        assertFalse(graph("lenet --format dot --no-backward").contains("′"));
    }

    @Test
    void aResidualBlockHasItsShortcut() {
        String dot = graph("resnet18.2.0 --format dot");
        assertTrue(dot.contains("[label=\"1.1\\n[2, 64, 24, 24]\""), "where the block's input comes from\n" + dot);
        assertEquals(2, matches(dot, "f0 -> f\\d+;").size(), "the input goes two ways\n" + dot);
        String add = matches(dot, "f\\d+ \\[label=\"add  2\\.0").getFirst().replaceAll(" .*", "");
        assertEquals(2, matches(dot, "f\\d+ -> " + add + ";").size(), dot);
        assertEquals(2, matches(dot, "label=\"relu  2\\.0").size(), "both of the block's own");
    }

    @Test
    void bigNetworksAreShownAsBlocks() {
        String dot = graph("densenet121 --format dot");
        assertTrue(dot.contains("label=\"DenseBlock  features.denseblock4\\n[2, 1024, 7, 7], 96 parameters\""), dot);
        assertTrue(matches(dot, "  f\\d+ \\[").size() <= 40);
        assertTrue(matches(graph("densenet121 --format dot --depth 10"), "  f\\d+ \\[").size() > 400);
        assertTrue(graph("resnet18 --format dot").contains("label=\"Residual  4.1"));
    }

    /// Boxes do not overlap, lie inside the page, and every line ends at two boxes of its half.
    @ParameterizedTest
    @CsvSource({"lenet", "resnet18", "resnet50.layer1.0", "googlenet.2.0", "densenet.1", "mobilenet-v2", "linear",
        "googlenet --edition torchvision --variant aux-heads", "lenet5", "alexnet --edition paper"})
    void svgIsDrawable(String net) throws Exception {
        String svg = graph(net);
        Document document = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)));
        double width = number(document.getDocumentElement(), "width");
        double height = number(document.getDocumentElement(), "height");
        List<double[]> boxes = new ArrayList<>();
        var rectangles = document.getElementsByTagName("rect");
        for (int i = 1; i < rectangles.getLength(); i++) {
            var r = (Element) rectangles.item(i);
            boxes.add(new double[] {number(r, "x"), number(r, "y"), number(r, "x") + number(r, "width"),
                number(r, "y") + number(r, "height")});
        }
        assertTrue(boxes.size() >= 4, svg);
        for (double[] a : boxes) {
            assertTrue(a[0] >= 0 && a[1] >= 0 && a[2] <= width && a[3] <= height, "outside the page");
            for (double[] b : boxes) {
                assertTrue(a == b || a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "two boxes overlap");
            }
        }
        var lines = document.getElementsByTagName("polyline");
        assertTrue(lines.getLength() >= boxes.size() / 2 - 1, svg);
        for (int i = 0; i < lines.getLength(); i++) {
            String[] points = ((Element) lines.item(i)).getAttribute("points").strip().split(" ");
            for (String end : List.of(points[0], points[points.length - 1])) {
                double x = Double.parseDouble(end.split(",")[0]);
                double y = Double.parseDouble(end.split(",")[1]);
                assertTrue(boxes.stream().anyMatch(b -> x >= b[0] - 1 && x <= b[2] + 1 && y >= b[1] - 1
                        && y <= b[3] + 1), "a line ends nowhere: " + end);
            }
        }
    }

    private static double number(Element e, String attribute) {
        return Double.parseDouble(e.getAttribute(attribute));
    }

    @Test
    void writesFilesAndKnowsTheirKindByName() throws Exception {
        graph("lenet -o " + folder.resolve("lenet.dot"));
        assertTrue(Files.readString(folder.resolve("lenet.dot")).startsWith("digraph"));
        graph("lenet -o " + folder.resolve("lenet.svg"));
        assertTrue(Files.readString(folder.resolve("lenet.svg")).startsWith("<svg"));
        assertEquals(Files.readString(folder.resolve("lenet.svg")), graph("lenet"), "the same picture every time");
        CommandLine wrong = CommandLine.run("graph", "resnet18.nowhere");
        assertEquals(ExitCode.USAGE, wrong.code());
        assertTrue(wrong.err().contains("runs no layer 'nowhere'"), wrong.err());
    }
}
