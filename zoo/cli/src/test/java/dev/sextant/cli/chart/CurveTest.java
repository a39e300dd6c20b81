package dev.sextant.cli.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.run.EpochPoint;
import dev.sextant.cli.run.History;
import dev.sextant.cli.run.TrainPoint;
import dev.sextant.nn.train.EpochResult;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/// The drawn curve and its axes.
class CurveTest {
    private static final String TITLE = "lenet <\"book\" & more>";

    private static History history(double... losses) {
        var points = new ArrayList<TrainPoint>();
        var epochs = new ArrayList<EpochPoint>();
        for (int i = 0; i < losses.length; i++) {
            points.add(new TrainPoint(i + 1, (i + 1) / 5.0, losses[i], 0.5, 100));
            if (i % 5 == 4) {
                epochs.add(new EpochPoint(i + 1, new EpochResult(i / 5 + 1, losses[i], 0.5, 1, 0.4, 1, 100)));
            }
        }
        return new History(points, epochs);
    }

    private static Element parse(String svg) throws Exception {
        return DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8))).getDocumentElement();
    }

    private static List<String> curves(Element svg) {
        var paths = svg.getElementsByTagName("path");
        var found = new ArrayList<String>();
        for (int i = 0; i < paths.getLength(); i++) {
            var path = (Element) paths.item(i);
            if (path.hasAttribute("clip-path")) {
                found.add(path.getAttribute("d"));
            }
        }
        return found;
    }

    @Test
    void theCurveIsXmlWithThreeLinesInEveryLocale() throws Exception {
        Locale usual = Locale.getDefault();
        try {
            for (String tag : List.of("en", "de", "tr", "ar-EG")) {
                Locale.setDefault(Locale.forLanguageTag(tag));
                Element svg = parse(SvgCurve.svg(TITLE, 2, history(2, 1.8, 1.5, 1.2, 1, 0.9, 0.8, 0.8, 0.7, 0.6)));
                assertEquals("svg", svg.getLocalName());
                assertEquals(TITLE, svg.getElementsByTagName("text").item(0).getTextContent());
                List<String> curves = curves(svg);
                assertEquals(3, curves.size());
                // Loss 2 of 2.5 at a tenth of the width, in the drawing's own coordinates.
                assertTrue(curves.getFirst().startsWith("M101.40 98.80 L"), curves.getFirst());
            }
        } finally {
            Locale.setDefault(usual);
        }
    }

    @Test
    void aLossThatIsNotANumberLeavesAGap() throws Exception {
        Element svg = parse(SvgCurve.svg(TITLE, 1, history(2, Double.NaN, 1.5, 1.2)));
        assertEquals(2, curves(svg).getFirst().chars().filter(c -> c == 'M').count());
    }

    @Test
    void anEmptyHistoryIsAnEmptyFrame() throws Exception {
        assertEquals(List.of(), curves(parse(SvgCurve.svg(TITLE, 10, History.EMPTY))));
    }

    @Test
    void theAxesSpanTheTrainingAndADivergingLossIsCutOff() {
        assertEquals(new CurveScale(10, 1, 2.5, 0.5), CurveScale.of(10, history(2.3, 1, 0.5)));
        assertEquals(1.2, CurveScale.of(10, history(0.3)).yMax(), 1e-12);
        assertEquals(6, CurveScale.of(10, history(1e30, Double.POSITIVE_INFINITY)).yMax());
        assertEquals(new CurveScale(1, 0.2, 2.5, 0.5), CurveScale.of(1, history(2.3)));
        assertEquals(20, CurveScale.of(150, history(2.3)).xStep());
    }
}
