package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.sextant.cli.train.Training;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.zoo.Zoo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract of the command line: names, exit codes, one line per mistake, results that read the same everywhere.
class CommandsTest {
    private static final Locale USUAL = Locale.getDefault();

    @TempDir
    Path folder;

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(USUAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            train lenett                      | unknown network 'lenett'; did you mean 'lenet'?
            train LeNet                       | unknown network 'LeNet'; did you mean 'lenet'?
            train resnet-18                   | unknown network 'resnet-18'; did you mean 'resnet18'?
            summary alexnett                  | unknown network 'alexnett'; did you mean 'alexnet'?
            trian lenet                       | unknown command 'trian'; did you mean 'train'?
            train lenet --epoch 3             | unknown flag '--epoch'; did you mean '--epochs'?
            train lenet --bacth=3             | unknown flag '--bacth'; did you mean '--batch'?
            train lenet --backend smid        | unknown backend 'smid'; did you mean 'simd'?
            train lenet --gpu-lib cudnn       | --gpu-lib needs --backend cuda, but the backend is simd
            train lenet --edition boook       | unknown edition 'boook'; did you mean 'book'?
            train lenet --variant maxpol      | unknown variant of lenet 'maxpol'; did you mean 'maxpool'?
            train lenet --precision exactly   | unknown precision 'exactly'; did you mean 'exact'?
            train lenet --fuse of             | unknown value for --fuse 'of'; did you mean 'off'?
            train lenet --conv winogrand      | unknown convolution algorithm 'winogrand'; did you mean 'winograd'?
            summary lenet --format jsom       | unknown format 'jsom'; did you mean 'json'?
            train lenet --epochs 0            | --epochs must be 1..1000000, but 0 was given
            train lenet --threads 300         | --threads must be 1..256, but 300 was given
            train lenet --lr -0.1             | --lr must be a positive number, but -0.1 was given
            train lenet --lr NaN              | --lr must be a positive number, but NaN was given
            """)
    void aMistakeIsOneLineWithTheNearestRightOne(String line, String message) {
        CommandLine c = CommandLine.run(line.split(" "));
        assertEquals(ExitCode.USAGE, c.code());
        assertEquals(1, c.errLines().size(), c.err());
        assertTrue(c.err().startsWith("sextant: " + message), c.err());
        assertEquals("", c.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"train", "train lenet more", "train lenet --epochs ten", "train lenet --seed",
        "train lenet --threads 1.5", "summary", "xyzzy", "summary lenet --edition paper", "summary lenet --batch 0",
        "train xyzzy", "--nonsense"})
    void everyMistakeIsOneLine(String line) {
        CommandLine c = CommandLine.run(line.split(" "));
        assertEquals(ExitCode.USAGE, c.code());
        assertEquals(1, c.errLines().size(), c.err());
        assertEquals("", c.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "de-DE", "tr-TR", "ar-EG", "hi-IN-u-nu-deva"})
    void resultsReadTheSameInEveryLocale(String locale) {
        Locale.setDefault(Locale.forLanguageTag(locale));
        CommandLine c = CommandLine.run("train", "lenet", "--epochs", "2", "--out", folder.resolve("run").toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        assertEquals(List.of("loss 1.045, train acc 0.591, test acc 0.571",
                "37512.3 examples/sec on cpu (simd, 2 threads)"), c.outLines());
        assertTrue(c.err().contains("epoch 2/2  loss 1.045, train acc 0.591, test acc 0.571, 1234.5 examples/s"),
                c.err());
    }

    @Test
    void offATerminalNothingIsRedrawn() {
        CommandLine c = CommandLine.run("train", "lenet", "--epochs", "3", "--out", folder.resolve("run").toString());
        assertFalse(c.err().contains("\r") || c.err().contains("\033"), c.err());
        assertEquals(3, c.errLines().stream().filter(l -> l.startsWith("epoch ")).count(), c.err());
    }

    @Test
    void onATerminalABarIsDrawnAndWipedOff() {
        CommandLine c = CommandLine.run(FakeTraining.stoppingAt(-1, 30), true, "train", "lenet", "--epochs", "1",
                "--out", folder.resolve("run").toString());
        assertEquals(ExitCode.OK, c.code(), c.err());
        assertTrue(c.err().contains("\repoch 1/1"), c.err());
        assertTrue(c.err().contains("loss ") && c.err().contains("examples/s, ETA "), c.err());
        assertTrue(c.err().contains("\r\033[K"), c.err());
        assertFalse(c.out().contains("\r"), c.out());
    }

    @Test
    void failuresAreOneLineAndAnExitCode() {
        Training.Factory noData = (settings, checkpoint, resume, notes) -> {
            throw new DataException("Fashion-MNIST was not found");
        };
        CommandLine missing = CommandLine.run(noData, false, "train", "lenet", "--out", folder.resolve("a").toString());
        assertEquals(ExitCode.NO_DATA, missing.code());
        assertEquals(List.of("sextant: Fashion-MNIST was not found"), missing.errLines());

        Training.Factory noDevice = (settings, checkpoint, resume, notes) -> {
            throw new DeviceException("device cuda cannot be used: no GPU");
        };
        CommandLine device = CommandLine.run(noDevice, false, "train", "lenet", "--out",
                folder.resolve("b").toString());
        assertEquals(ExitCode.FAILURE, device.code());
        assertEquals(List.of("sextant: device cuda cannot be used: no GPU"), device.errLines());

        CommandLine debug = CommandLine.run(noDevice, false, "train", "lenet", "--debug", "--out",
                folder.resolve("c").toString());
        assertTrue(debug.err().contains("\tat "), debug.err());

        Training.Factory broken = (settings, checkpoint, resume, notes) -> {
            throw new IllegalStateException("two\nlines");
        };
        CommandLine internal = CommandLine.run(broken, false, "train", "lenet", "--out",
                folder.resolve("d").toString());
        assertEquals(ExitCode.FAILURE, internal.code());
        assertEquals(1, internal.errLines().size(), internal.err());
        assertTrue(internal.err().contains("internal error: java.lang.IllegalStateException: two lines"),
                internal.err());
    }

    @Test
    void theFlagsReachTheTraining() {
        var seen = new ArrayList<Object>();
        Training.Factory spy = (settings, checkpoint, resume, notes) -> {
            seen.add(settings);
            return FakeTraining.factory().open(settings, checkpoint, resume, notes);
        };
        CommandLine c = CommandLine.run(spy, false,
                ("train lenet --variant maxpool --backend ref --seed -7 --threads 3 "
                        + "--precision exact --fuse off --conv naive --epochs 1 --batch 32 --lr 0.25 --data synthetic --out "
                        + folder.resolve("run")).split(" "));
        assertEquals(ExitCode.OK, c.code(), c.err());
        assertEquals("[TrainSettings[net=lenet, edition=book, variant=maxpool, backend=ref, seed=-7, threads=3, "
                + "precision=exact, fuse=false, conv=naive, epochs=1, batch=32, lr=0.25, data=synthetic, images=0, "
                + "options={}, start=Start[weights=null, skip=null, skipHead=false, freeze=null]]]",
                seen.toString());
    }

    @Test
    void theUsualSettingsAreTheBooks() {
        var seen = new ArrayList<dev.sextant.cli.train.TrainSettings>();
        Training.Factory spy = (settings, checkpoint, resume, notes) -> {
            seen.add(settings);
            throw new DataException("enough");
        };
        CommandLine.run(spy, false, "train", "lenet", "--out", folder.resolve("run").toString());
        assertEquals(10, seen.getFirst().epochs());
        assertEquals(256, seen.getFirst().batch());
        assertEquals(0.9, seen.getFirst().lr());
    }

    @Test
    void summaryInEveryFormat() {
        assertTrue(CommandLine.run("summary", "lenet").out().contains("61706"));
        String json = CommandLine.run("summary", "lenet", "--format", "json").out();
        assertEquals(61706, JsonParser.parseString(json).getAsJsonObject().get("totalParams").getAsLong());
        assertTrue(json.strip().replaceAll("\\s", "").endsWith("\"totalParams\":61706}"), json);
        assertTrue(CommandLine.run("summary", "lenet", "--format", "md").out().startsWith("| layer |"));
        assertTrue(CommandLine.run("summary", "lenet", "--format", "html").out().startsWith("<table>"));
        assertTrue(CommandLine.run("summary", "lenet", "--format", "csv").out().startsWith("path,type,"));
    }

    @Test
    void summaryOfOtherEditionsBlocksAndStyles() {
        assertTrue(CommandLine.run("summary", "resnet50").out().contains("25557032"));
        assertTrue(CommandLine.run("summary", "resnet18", "--edition", "torchvision").out().contains("11689512"));
        String block = CommandLine.run("summary", "resnet50.layer1.0", "--format", "json").out();
        assertEquals(75008, JsonParser.parseString(block).getAsJsonObject().get("totalParams").getAsLong());
        assertEquals(5, CommandLine.run("summary", "resnet50", "--depth", "1", "--format", "md").outLines().stream()
                .filter(l -> l.matches("\\| (layer\\d|fc) .*")).count());
        String torch = CommandLine.run("summary", "googlenet.0", "--style", "torchsummary").out();
        assertTrue(torch.contains("MaxPool2d-3           [-1, 64, 24, 24]               0"), torch);
        assertTrue(torch.contains("Estimated Total Size (MB): 2.58"), torch);
        CommandLine wrong = CommandLine.run("summary", "resnet50.layer9");
        assertEquals(ExitCode.USAGE, wrong.code());
        assertTrue(wrong.err().contains("layer9"), wrong.err());
    }

    @Test
    void netsListsEveryNetworkOnce() {
        List<String> lines = CommandLine.run("nets").outLines();
        assertEquals(Zoo.editions().stream().flatMap(e -> Zoo.names(e).stream().map(n -> n + " " + e)).toList(),
                lines.stream().skip(1).map(l -> l.replaceAll("^(\\S+) +(\\S+) .*", "$1 $2")).toList());
    }

    @Test
    void doctorNamesEveryBackendWithItsReason() {
        CommandLine c = CommandLine.run("doctor");
        assertEquals(ExitCode.OK, c.code());
        for (String what : List.of("JDK", "vector module", "threads", "memory", "huge pages", "backend simd",
                "backend ref", "backend cuda", "data set")) {
            assertTrue(c.outLines().stream().anyMatch(l -> l.startsWith(what + " ") && l.length() > 20), what);
        }
    }

    @Test
    void helpDocumentsTheExitCodes() {
        CommandLine c = CommandLine.run("--help");
        assertEquals(ExitCode.OK, c.code());
        for (int code : new int[] {ExitCode.OK, ExitCode.FAILURE, ExitCode.USAGE, ExitCode.NO_DATA,
            ExitCode.INTERRUPTED}) {
            assertTrue(c.outLines().stream().anyMatch(l -> l.matches(" +" + code + "  .*")), "exit code " + code);
        }
        assertEquals(ExitCode.OK, CommandLine.run("train", "--help").code());
        assertTrue(CommandLine.run("--version").out().startsWith("sextant "));
    }
}
