package dev.sextant.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.nn.train.EpochResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a resumed run finds of its past.
class MetricsLogTest {
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void twoEpochsOfTenSteps() throws IOException {
        file = folder.resolve("metrics.jsonl");
        try (var log = MetricsLog.open(file, 0)) {
            for (int step = 2; step <= 20; step += 2) {
                log.append(new TrainPoint(step, step / 10.0, 1.0 / step, 0.1 * step, 100));
                if (step % 10 == 0) {
                    log.append(epoch(step));
                }
            }
        }
    }

    private static EpochPoint epoch(int step) {
        return new EpochPoint(step, new EpochResult(step / 10, 1.0 / step, 0.5, Double.NaN, 0.25, 3.5, 100));
    }

    @Test
    void aLineIsAnObjectWithItsStep() throws IOException {
        List<String> lines = Files.readAllLines(file);
        assertEquals(12, lines.size());
        assertEquals("{\"kind\":\"train\",\"step\":2,\"epoch\":0.2,\"loss\":0.5,\"accuracy\":0.2,"
                + "\"examplesPerSecond\":100.0}", lines.getFirst());
        assertEquals("{\"kind\":\"epoch\",\"step\":20,\"epoch\":2,\"trainLoss\":0.05,\"trainAccuracy\":0.5,"
                + "\"testLoss\":null,\"testAccuracy\":0.25,\"trainSeconds\":3.5,\"examplesPerSecond\":100.0}",
                lines.getLast());
    }

    @Test
    void everythingAfterTheCheckpointIsForgotten() throws IOException {
        List<String> before = Files.readAllLines(file);
        try (var log = MetricsLog.open(file, 13)) {
            assertEquals(12, log.history().points().getLast().step());
            assertEquals(1, log.history().epochs().size());
        }
        assertEquals(before.subList(0, 7), Files.readAllLines(file));
    }

    @Test
    void anEpochsEndKeepsTheEpochAndTakesItOnlyOnce() throws IOException {
        List<String> before = Files.readAllLines(file);
        try (var log = MetricsLog.open(file, 10)) {
            log.append(epoch(10));
        }
        assertEquals(before.subList(0, 6), Files.readAllLines(file));
    }

    @Test
    void aTornLastLineIsCutOff() throws IOException {
        List<String> before = Files.readAllLines(file);
        Files.writeString(file, "{\"kind\":\"train\",\"step\":2", StandardOpenOption.APPEND);
        MetricsLog.open(file, 100).close();
        assertEquals(before, Files.readAllLines(file));
        assertTrue(Files.readString(file).endsWith("}\n"));
    }

    @Test
    void aDamagedLineEndsThePast() throws IOException {
        List<String> lines = Files.readAllLines(file);
        for (String damaged : List.of("", "nonsense", "{}", "[1]", "{\"kind\":\"train\",\"step\":\"x\"}")) {
            Files.writeString(file, String.join("\n", lines.subList(0, 3)) + "\n" + damaged + "\n"
                    + String.join("\n", lines.subList(3, 5)) + "\n");
            MetricsLog.open(file, 100).close();
            assertEquals(lines.subList(0, 3), Files.readAllLines(file), damaged);
        }
    }

    @Test
    void notANumberSurvives() throws IOException {
        try (var log = MetricsLog.open(file, 20)) {
            assertTrue(Double.isNaN(log.history().epochs().getLast().result().testLoss()));
        }
    }

    @Test
    void aNewRunStartsEmpty() throws IOException {
        MetricsLog.open(file, 0).close();
        assertEquals(0, Files.size(file));
    }
}
