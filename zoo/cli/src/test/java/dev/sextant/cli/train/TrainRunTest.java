package dev.sextant.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sextant.cli.CommandLine;
import dev.sextant.cli.ExitCode;
import dev.sextant.cli.FakeTraining;
import dev.sextant.cli.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a run leaves, and how it goes on.
class TrainRunTest {
    @TempDir
    Path temp;

    private CommandLine train(Path run, String... more) {
        return CommandLine.run(Stream.concat(Stream.of("train", "lenet", "--epochs", "3", "--out", run.toString()),
                Stream.of(more)).toArray(String[]::new));
    }

    /// The metrics without what a clock has measured.
    private static List<String> metrics(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> {
                    JsonObject json = JsonParser.parseString(line).getAsJsonObject();
                    json.remove("examplesPerSecond");
                    json.remove("trainSeconds");
                    return json.toString();
                }).toList();
    }

    private static JsonObject card(Path run) throws IOException {
        return JsonParser.parseString(Files.readString(run.resolve("run.json"))).getAsJsonObject();
    }

    @Test
    void aRunLeavesItsWholeFolder() throws Exception {
        Path run = temp.resolve("a/b");
        CommandLine c = train(run, "--seed", "7");
        assertEquals(ExitCode.OK, c.code(), c.err());
        try (var files = Files.list(run)) {
            var names = files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
            // Without fonts there is no PNG, and the run has said so.
            if (!names.contains("curve.png")) {
                assertTrue(c.err().contains("no curve.png: "), c.err());
                names.add("curve.png");
            }
            assertEquals(Set.of("metrics.jsonl", "curve.svg", "curve.png", "index.html", "run.json", "lock",
                    "checkpoint.safetensors"), names);
        }
        assertEquals("svg", DocumentBuilderFactory.newDefaultNSInstance().newDocumentBuilder()
                .parse(run.resolve("curve.svg").toFile()).getDocumentElement().getLocalName());
        if (Files.exists(run.resolve("curve.png"))) {
            assertEquals(1280, ImageIO.read(run.resolve("curve.png").toFile()).getWidth());
        }
        String page = Files.readString(run.resolve("index.html"));
        assertTrue(page.contains("curve.svg?") && page.contains("settings.seed</th><td>7"), page);
        assertFalse(page.contains("http-equiv=\"refresh\""), "a finished run's page need not reload");

        JsonObject card = card(run);
        assertEquals("lenet", card.getAsJsonObject("settings").get("net").getAsString());
        assertEquals("00ff", card.getAsJsonObject("training").get("dataSha256").getAsString());
        assertTrue(card.getAsJsonObject("environment").get("jdk").getAsString().contains("25"));
        assertEquals("sextant train lenet --epochs 3 --out " + run + " --seed 7",
                card.get("commandLine").getAsString());
        assertEquals(36, card.getAsJsonObject("result").get("steps").getAsLong());
        assertTrue(card.has("started") && card.has("finished") && card.has("algorithms"));
    }

    @Test
    void everyEpochLeavesFivePointsAndItsTest() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        List<JsonObject> lines = metrics(run).stream().map(l -> JsonParser.parseString(l).getAsJsonObject()).toList();
        assertEquals(18, lines.size());
        // Of 12 steps: the first ones at or after each fifth.
        assertEquals(List.of(3L, 5L, 8L, 10L, 12L, 12L), lines.stream().limit(6).map(l -> l.get("step").getAsLong())
                .toList());
        assertEquals(1, lines.get(5).get("epoch").getAsInt());
        assertEquals("epoch", lines.get(5).get("kind").getAsString());
    }

    @Test
    void aStoppedRunGoesOnAsIfItHadNeverStopped() throws IOException {
        Path whole = temp.resolve("whole");
        train(whole);
        // Within an epoch, at a point of the curve, at an epoch's end, and in the last epoch.
        for (int stop : new int[] {1, 8, 12, 17, 35}) {
            Path run = temp.resolve("stopped" + stop);
            CommandLine stopped = CommandLine.run(FakeTraining.stoppingAt(stop, 0), false, "train", "lenet", "--epochs",
                    "3", "--out", run.toString());
            assertEquals(ExitCode.INTERRUPTED, stopped.code(), stopped.err());
            assertEquals("", stopped.out());
            assertEquals("stopped at step " + stop + "; go on with: sextant train --resume " + run,
                    stopped.errLines().getLast());

            CommandLine resumed = CommandLine.run("train", "--resume", run.toString());
            assertEquals(ExitCode.OK, resumed.code(), resumed.err());
            assertEquals(2, resumed.outLines().size());
            assertEquals(metrics(whole), metrics(run), "stopped at " + stop);
            JsonObject entry = card(run).getAsJsonArray("resumed").get(0).getAsJsonObject();
            assertEquals(stop, entry.get("step").getAsInt());
        }
    }

    @Test
    void linesBehindTheCheckpointAreWrittenAgain() throws IOException {
        Path whole = temp.resolve("whole");
        train(whole);
        Path run = temp.resolve("killed");
        train(run);
        // As after kill -9 in the third epoch: the metrics are ahead of the last checkpoint.
        Files.writeString(run.resolve("checkpoint.safetensors"), "24\n");
        CommandLine resumed = CommandLine.run("train", "--resume", run.toString());
        assertEquals(ExitCode.OK, resumed.code(), resumed.err());
        assertEquals(metrics(whole), metrics(run));
    }

    @Test
    void aRunThatWasKilledBeforeItsFirstCheckpointStartsAgain() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        List<String> before = metrics(run);
        Files.delete(run.resolve("checkpoint.safetensors"));
        CommandLine resumed = CommandLine.run("train", "--resume", run.toString());
        assertEquals(ExitCode.OK, resumed.code(), resumed.err());
        assertEquals(before, metrics(run));
    }

    @Test
    void aFinishedRunStatesItsResultAgainOrGoesOnLonger() throws IOException {
        Path run = temp.resolve("run");
        CommandLine first = train(run);
        assertEquals(first.out(), CommandLine.run("train", "--resume", run.toString()).out());
        CommandLine longer = CommandLine.run("train", "--resume", run.toString(), "--epochs", "4");
        assertEquals(ExitCode.OK, longer.code(), longer.err());
        assertEquals(24, metrics(run).size());
    }

    @Test
    void resumingKeepsTheSettings() {
        Path run = temp.resolve("run");
        train(run);
        for (String flag : List.of("--lr=0.5", "--seed=3", "--batch=7", "--precision=exact", "--fuse=off",
                "--backend=ref", "--conv=naive", "--variant=maxpool")) {
            CommandLine c = CommandLine.run("train", "--resume", run.toString(), flag);
            assertEquals(ExitCode.USAGE, c.code(), flag);
            assertEquals(1, c.errLines().size(), c.err());
            assertTrue(c.err().contains(flag.substring(0, flag.indexOf('=')) + " cannot change"), c.err());
        }
        assertEquals(ExitCode.OK, CommandLine.run("train", "--resume", run.toString(), "--threads", "1").code());
    }

    @Test
    void otherDataIsRefused() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        Path card = run.resolve("run.json");
        Files.writeString(card, Files.readString(card).replace("00ff", "ff00"));
        CommandLine c = CommandLine.run("train", "--resume", run.toString());
        assertEquals(ExitCode.FAILURE, c.code());
        assertTrue(c.err().contains("trained on data with SHA-256 ff00, but this is 00ff"), c.err());
    }

    @Test
    void aFolderInUseIsLeftAlone() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        List<String> before = metrics(run);
        try (var holder = RunFolder.open(run)) {
            CommandLine c = CommandLine.run("train", "--resume", run.toString());
            assertEquals(ExitCode.FAILURE, c.code());
            assertEquals(List.of("sextant: run folder " + run + " is in use by process "
                    + ProcessHandle.current().pid() + "; wait for it, or choose another with --out"), c.errLines());
            assertEquals(run, holder.path());
        }
        assertEquals(before, metrics(run));
        assertEquals(ExitCode.OK, CommandLine.run("train", "--resume", run.toString()).code());
    }

    @Test
    void foldersThatCannotServeAreNamed() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        CommandLine again = train(run);
        assertEquals(ExitCode.FAILURE, again.code());
        assertTrue(again.err().contains(run + " already holds a run; resume it with --resume " + run), again.err());

        CommandLine none = CommandLine.run("train", "--resume", temp.resolve("none").toString());
        assertEquals(ExitCode.FAILURE, none.code());
        assertTrue(none.err().contains("holds no run to resume: it has no run.json"), none.err());

        Path file = Files.writeString(temp.resolve("file"), "");
        CommandLine aFile = train(file);
        assertEquals(ExitCode.FAILURE, aFile.code());
        assertTrue(aFile.err().contains("is a file, not a folder"), aFile.err());

        for (String damage : List.of("{\"settings\": 3}", "{\"settings\": {}}", "{\"settings\": {\"seed\": []}}", "{",
                "")) {
            Files.writeString(run.resolve("run.json"), damage);
            CommandLine damaged = CommandLine.run("train", "--resume", run.toString());
            assertEquals(ExitCode.FAILURE, damaged.code(), damage);
            assertEquals(1, damaged.errLines().size(), damaged.err());
            assertTrue(damaged.err().contains("run.json") && !damaged.err().contains("internal error"), damaged.err());
        }
    }

    @Test
    void leftoversOfAKilledProcessAreSweptUp() throws IOException {
        Path run = temp.resolve("run");
        train(run);
        Path leftover = Files.writeString(run.resolve(".curve.svg.123-4.tmp"), "half");
        CommandLine.run("train", "--resume", run.toString());
        assertFalse(Files.exists(leftover));
    }
}
