package dev.sextant.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.sextant.engine.error.SextantException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchReportTest {
    @TempDir
    Path folder;

    private static JmhResult run(String name, String mode, double... samples) {
        return new JmhResult(name, Map.of("size", "7"), mode, mode.equals("avgt") ? "us/op" : "ops/s", samples);
    }

    /// By hand: means 10 and 12, variances 1 and 1 over five samples each, so 2 ± t·√0.4 with 8 degrees of freedom, whose
    /// quantile at 0.9995 is 5.0413 in printed tables.
    @Test
    void theIntervalIsWelchs() {
        double s = Math.sqrt(0.5);
        double[] a = {10, 10 - 2 * s, 10 + 2 * s, 10, 10};
        double[] b = {12, 12 - 2 * s, 12 + 2 * s, 12, 12};
        Interval change = Interval.change(a, b);
        assertEquals(0.2, change.value(), 1e-12);
        assertEquals(0.2 - 0.50413 * Math.sqrt(0.4), change.low(), 1e-5);
        assertEquals(0.2 + 0.50413 * Math.sqrt(0.4), change.high(), 1e-5);
    }

    /// As [#theIntervalIsWelchs], with different variances and numbers of samples. Welch–Satterthwaite: variances of the
    /// means 1/3 and 1/2 give (5/6)² / ((1/3)²/2 + (1/2)²/1) = 2.2727 degrees of freedom, fewer than 3 together.
    @Test
    void unequalVariancesCostDegreesOfFreedom() {
        Interval change = Interval.change(new double[] {9, 10, 11}, new double[] {19.2928932188, 20.7071067812});
        double half = new org.apache.commons.math3.distribution.TDistribution(2.0 + 3.0 / 11)
                .inverseCumulativeProbability(0.9995) * Math.sqrt(5.0 / 6) / 10;
        assertEquals(1 - half, change.low(), 1e-6);
    }

    @Test
    void onlyIntervalsApartAreADifference() {
        var before = List.of(run("A.same", "avgt", 10, 11, 12), run("A.better", "avgt", 10, 10.1, 10.2),
                run("A.worse", "thrpt", 10, 10.1, 10.2), run("A.once", "avgt", 10), run("A.gone", "avgt", 1, 2));
        var after = List.of(run("A.same", "avgt", 11, 12, 13), run("A.better", "avgt", 5, 5.1, 5.2),
                run("A.worse", "thrpt", 5, 5.1, 5.2), run("A.once", "avgt", 5), run("A.new", "avgt", 1, 2));
        assertEquals(List.of("no difference shown", "faster", "slower", "too few samples to compare",
                "only in the first run", "only in the second run"),
                BenchReport.of("a", before, "b", after).rows().stream().map(BenchReport.Row::verdict).toList());
    }

    @Test
    void readsWhatJmhWrites() throws Exception {
        Path file = Files.writeString(folder.resolve("a.json"), """
                [{"benchmark": "dev.sextant.bench.jmh.GemmBenchmark.product", "mode": "thrpt", "threads": 1, "forks": 2,
                  "params": {"shape": "S512", "threads": "1"},
                  "primaryMetric": {"score": 5.0, "scoreUnit": "ops/s", "rawData": [[4.0, 5.0], [6.0, 5.0]]}}]
                """);
        JmhResult only = JmhResult.read(file).getFirst();
        assertEquals("GemmBenchmark.product", only.benchmark());
        assertEquals(4, only.samples().length);
        Path page = folder.resolve("page.html");
        assertEquals(0, new CommandLine(new ReportCommand()).execute(file.toString(), "-o", page.toString()));
        String html = Files.readString(page);
        assertTrue(html.contains("<svg") && html.contains("5.000") && html.contains("S512"), html);
        assertFalse(html.contains("simulated") || html.contains("src="), html);
        JsonParser.parseString(Files.readString(folder.resolve("page.json")));
    }

    @Test
    void whatIsNoResultIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("a.json"), "{\"runs\": 3}");
        String message = assertThrows(SextantException.class, () -> JmhResult.read(file)).getMessage();
        assertTrue(message.contains("a.json") && message.contains("-rf json"), message);
    }
}
