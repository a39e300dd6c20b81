package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.train.TrainSettings;
import dev.sextant.cli.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `reproduce` and `results`, with the fake training: which settings, how sittings add up, what is said and written.
class ReproduceTest {
    @TempDir
    Path temp;

    private final List<TrainSettings> seen = new ArrayList<>();
    private final Training.Factory spy = (settings, checkpoint, resume, notes) -> {
        seen.add(settings);
        return FakeTraining.factory().open(settings, checkpoint, resume, notes);
    };

    private CommandLine reproduce(Path run, String line) {
        List<String> args = new ArrayList<>(List.of(line.split(" ")));
        args.addAll(List.of("--out", run.toString()));
        return CommandLine.run(spy, false, args.toArray(String[]::new));
    }

    @Test
    void theSettingsAreTheBooks() {
        reproduce(temp.resolve("a"), "reproduce alexnet --epochs 2 --seed 5");
        reproduce(temp.resolve("b"), "reproduce lenet --variant no-second-sigmoid");
        TrainSettings alexnet = seen.getFirst();
        assertEquals(List.of("alexnet", "book", 128, 0.01, 2, 5L, 0), List.of(alexnet.net(), alexnet.variant(),
                alexnet.batch(), alexnet.lr(), alexnet.epochs(), alexnet.seed(), alexnet.images()));
        TrainSettings lenet = seen.getLast();
        assertEquals(List.of("no-second-sigmoid", 256, 0.9, 10, 0L), List.of(lenet.variant(), lenet.batch(),
                lenet.lr(), lenet.epochs(), lenet.seed()));
    }

    @Test
    void theVerdictFollowsTheBooksLines() throws Exception {
        Path run = temp.resolve("run");
        CommandLine c = reproduce(run, "reproduce lenet");
        assertEquals(ExitCode.OK, c.code(), c.err());
        assertEquals(List.of("loss 0.329, train acc 0.871, test acc 0.851",
                "37512.3 examples/sec on cpu (simd, 2 threads)",
                "train loss                0.329, published 0.469, band 0.438..0.494: outside",
                "train accuracy            0.871, published 0.823, band 0.808..0.842: outside",
                "best test accuracy of 3   0.851, published 0.779, band >= 0.753: inside",
                "verdict: OUTSIDE the band"), c.outLines());
        var svg = DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(run.resolve("reproduction.svg").toFile()).getDocumentElement();
        assertTrue(svg.getTextContent().contains("d2l.ai 0.469") && svg.getTextContent().contains("d2l.ai 0.779"),
                svg.getTextContent());
    }

    @Test
    void sittingsAddUp() throws IOException {
        Path run = temp.resolve("run");
        CommandLine first = reproduce(run, "reproduce resnet18 --epochs 2");
        assertTrue(first.outLines().getLast().startsWith("verdict: no verdict yet"), first.out());
        CommandLine second = reproduce(run, "reproduce resnet18 --threads 1");
        assertEquals("verdict: OUTSIDE the band", second.outLines().getLast());
        assertTrue(second.err().contains("resuming at step 24"), second.err());
        // Asking again for less changes nothing and says the same.
        CommandLine again = reproduce(run, "reproduce resnet18 --epochs 2");
        assertEquals(second.outLines().getLast(), again.outLines().getLast());
        assertEquals(10, Files.readAllLines(run.resolve("metrics.jsonl")).stream().filter(l -> l.contains("trainLoss"))
                .count());
        CommandLine other = reproduce(run, "reproduce resnet18 --seed 1");
        assertEquals(ExitCode.USAGE, other.code());
        assertTrue(other.err().contains("other settings") && other.err().contains("seed=0"), other.err());
    }

    @Test
    void quickSaysHowLongItWouldTake() {
        CommandLine c = reproduce(temp.resolve("run"), "reproduce nin --quick");
        assertEquals(2, seen.getFirst().epochs());
        assertEquals(1280, seen.getFirst().images());
        assertTrue(c.outLines().getLast().matches("quick: at 1234.5 images/s the book's 10 epochs of 60000 images take "
                + "0.1 hours, .*no verdict.*"), c.out());
        assertFalse(c.out().contains("verdict:"), c.out());
    }

    @Test
    void whatCannotBeReproducedIsSaidInOneLine() {
        for (String line : List.of("reproduce linear", "reproduce resnet50", "reproduce lenet --variant nope",
                "reproduce lenet --quick --epochs 2", "reproduce lenet --epochs 0", "results " + temp)) {
            CommandLine c = line.startsWith("results") ? CommandLine.run(line.split(" "))
                    : reproduce(temp.resolve("x"), line);
            assertEquals(ExitCode.USAGE, c.code(), line);
            assertEquals(1, c.errLines().size(), c.err());
        }
    }

    @Test
    void theResultsPageHasARowAndACurvePerRun() throws Exception {
        Path lenet = temp.resolve("lenet");
        Path plain = temp.resolve("plain");
        Path pooled = temp.resolve("pooled");
        reproduce(lenet, "reproduce lenet --seed 2");
        reproduce(plain, "reproduce lenet --variant no-second-sigmoid --epochs 3");
        reproduce(pooled, "reproduce lenet --variant maxpool");
        CommandLine c = CommandLine.run("results", "--to", temp.resolve("site").toString(), pooled.toString(),
                plain.toString(), lenet.toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        List<String> rows = Files.readAllLines(temp.resolve("site/RESULTS.md")).stream()
                .filter(l -> l.startsWith("| lenet")).toList();
        assertEquals(3, rows.size());
        assertTrue(rows.get(0).matches("\\| lenet \\| 2 \\| 10 \\| 0.329 \\| 0.871 \\| 0.851 \\| "
                + "d2l.ai: 0.469, 0.823, 0.779 \\| OUTSIDE the band \\| 1234.5 \\| 1\\d s \\| "
                + "\\[curve\\]\\(results/reproduce-lenet-2.svg\\) \\|"), rows.get(0));
        assertTrue(rows.get(1).contains("no-second-sigmoid | 0 | 3 ") && rows.get(1).contains("no verdict yet"),
                rows.get(1));
        assertTrue(rows.get(2).contains("| - | nothing published"), rows.get(2));
        String page = Files.readString(temp.resolve("site/RESULTS.md"));
        assertTrue(page.contains("`./sextant reproduce lenet --variant no-second-sigmoid --seed 0 --epochs 3`"), page);
        assertTrue(Files.exists(temp.resolve("site/results/reproduce-lenet-maxpool-0.svg")));
    }
}
