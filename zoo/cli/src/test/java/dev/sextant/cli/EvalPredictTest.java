package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.train.NetworkTraining;
import dev.sextant.zoo.data.SyntheticShapes;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `eval` and `predict` on a real run, small and short.
class EvalPredictTest {
    @TempDir
    static Path temp;

    private static Path run;
    private static String lastLine;

    @BeforeAll
    static void train() {
        run = temp.resolve("run");
        CommandLine c = real("train", "mlp", "--data", "synthetic", "--epochs", "1", "--out", run.toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        lastLine = c.outLines().getFirst();
    }

    private static CommandLine real(String... args) {
        return CommandLine.run(NetworkTraining::open, false, args);
    }

    @Test
    void evalFindsTheAccuracyOfTheTraining() throws Exception {
        CommandLine c = real("eval", run.toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        String accuracy = c.outLines().stream().filter(l -> l.startsWith("accuracy ")).findFirst().orElseThrow();
        assertTrue(lastLine.endsWith("test acc " + accuracy.substring("accuracy ".length())), lastLine + c.out());
        for (String name : SyntheticShapes.CLASSES) {
            assertTrue(c.outLines().stream().anyMatch(l -> l.startsWith(name + " ") && l.endsWith("1000")), name);
        }
        assertTrue(c.outLines().getLast().matches("loss \\d\\.\\d{3} over 10000 images"), c.out());

        var svg = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(run.resolve("confusion.svg").toFile()).getDocumentElement();
        assertEquals(1 + 100, svg.getElementsByTagName("rect").getLength());
        assertTrue(svg.getTextContent().contains("chequers"), svg.getTextContent());
    }

    @Test
    void predictNamesAShapeDrawnInAnImageFile() throws Exception {
        // A test image of the data set itself, three times as large and in colours.
        var data = SyntheticShapes.generate(1);
        byte[] pixels = new byte[784];
        int right = 0;
        for (int i = 0; i < 10; i++) {
            data.test().readImage(i, pixels, 0);
            var image = new BufferedImage(84, 84, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 84 * 84; p++) {
                int v = pixels[p / 84 / 3 * 28 + p % 84 / 3] & 0xFF;
                image.setRGB(p % 84, p / 84, v * 0x010101);
            }
            Path file = temp.resolve(i + ".png");
            ImageIO.write(image, "png", file.toFile());
            CommandLine c = real("predict", run.toString(), file.toString());
            assertEquals(ExitCode.OK, c.code(), c.err());
            assertTrue(c.out().startsWith(file + ":  "), c.out());
            right += c.out().startsWith(file + ":  " + SyntheticShapes.CLASSES.get(data.test().label(i))) ? 1 : 0;
        }
        assertTrue(right >= 6, right + " of 10 right");
        String page = Files.readString(run.resolve("predictions.html"));
        assertEquals(2, page.split("<img ", -1).length - 1);
        assertEquals(10, page.split("<meter ", -1).length - 1);
    }

    @Test
    void whatCannotBeReadIsSaidInOneLine() throws Exception {
        Path broken = Files.writeString(temp.resolve("broken.png"), "no image");
        Path empty = Files.createDirectory(temp.resolve("empty"));
        for (List<String> line : List.of(List.of("predict", run.toString(), broken.toString()),
                List.of("predict", run.toString(), temp.resolve("none.png").toString()),
                List.of("predict", empty.toString(), broken.toString()), List.of("eval", empty.toString()))) {
            CommandLine c = real(line.toArray(String[]::new));
            assertTrue(c.code() == ExitCode.FAILURE || c.code() == ExitCode.NO_DATA, c.err());
            assertEquals(1, c.errLines().size(), c.err());
        }
    }
}
