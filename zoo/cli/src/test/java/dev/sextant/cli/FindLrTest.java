package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.train.NetworkTraining;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The learning-rate range test from the command line.
class FindLrTest {
    @TempDir
    Path temp;

    @Test
    void itSuggestsARateAndDrawsTheTest() throws Exception {
        Path picture = temp.resolve("rates.svg");
        CommandLine c = CommandLine.run(NetworkTraining::open, false, "find-lr", "softmax", "--data", "synthetic",
                "--steps", "60", "--to", "100", "--out", picture.toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        assertTrue(
                c.out().matches("the loss falls fastest at \\S+; it (explodes after|does not explode up to) \\S+\\s"),
                c.out());
        double rate = Double.parseDouble(c.out().replaceAll("(?s)the loss falls fastest at ([^;]+);.*", "$1"));
        assertTrue(rate > 1e-3 && rate < 50, c.out());
        var svg = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder().parse(picture.toFile())
                .getDocumentElement();
        assertTrue(svg.getTextContent().contains("learning rate") && svg.getTextContent().contains("steepest"),
                svg.getTextContent());
    }

    @Test
    void impossibleRangesAreUsageErrors() {
        assertEquals(ExitCode.USAGE, CommandLine.run("find-lr", "softmax", "--from", "1", "--to", "0.1").code());
        assertEquals(ExitCode.USAGE, CommandLine.run("find-lr", "softmax", "--steps", "5").code());
        assertEquals(ExitCode.USAGE, CommandLine.run("find-lr", "nope").code());
    }
}
