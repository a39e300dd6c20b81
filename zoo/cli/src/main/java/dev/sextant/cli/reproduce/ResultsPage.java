package dev.sextant.cli.reproduce;

import dev.sextant.nn.train.EpochResult;
import dev.sextant.zoo.Zoo;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// `RESULTS.md`: a row per run with what came out, what is published, and the command that does it again.
public final class ResultsPage {
    private static final String HEAD = """
            # Results

            Networks of the book "Dive into Deep Learning" trained on Fashion-MNIST with the book's settings: plain SGD at a
            constant rate, Xavier initialisation, pixels 0..1, no augmentation. Train loss and accuracy are means over the last
            epoch while the parameters moved, as the book measures them; the time is that of training, without the tests. It
            and images/s are the run's own, beside whatever else the machine did; how fast Sextant is stands in bench/LOG.md.

            Written by `./sextant results` from the runs' folders. "Published" is what the source prints after 10 epochs. Within
            the band means: train loss at most 15 % above it and test accuracy at most 0.03 below it; for `lenet`, at most
            5 % (loss), 0.015 (train accuracy) and 0.03 (best test accuracy of the last three epochs) beyond what three seeds of
            PyTorch gave; for `softmax` and the MLPs, what the book's code asserts. With fewer than 10 epochs there
            is no verdict.

            | network | seed | epochs | train loss | train acc | test acc | published | verdict | images/s | time | curve |
            |---|---:|---:|---:|---:|---:|---|---|---:|---:|---|
            """;

    private ResultsPage() {
    }

    /// The page.
    ///
    /// @param pictures folder of the curves, relative to the page; each is called like [Reproduction#name], `.svg`
    public static String markdown(List<Reproduction> runs, String pictures) {
        List<Reproduction> sorted = runs.stream().sorted(Comparator
                .<Reproduction>comparingInt(r -> Zoo.names().indexOf(r.settings().net()))
                .thenComparing(r -> Zoo.variants(r.settings().net()).indexOf(r.settings().variant()))
                .thenComparing(r -> r.settings().seed())).toList();
        var page = new StringBuilder(HEAD);
        sorted.forEach(r -> page.append(row(r, pictures)));
        sorted.stream().filter(r -> !r.verdict().remark().isEmpty()).forEach(r -> page.append("\n- ")
                .append(r.title()).append(": ").append(r.verdict().remark()).append('\n'));
        page.append(
                "\n## Again\n\nEach command goes on where its run folder stands, and gives the same bits for any number"
                        + " of threads.\n\n| command | machine | software |\n|---|---|---|\n");
        sorted.forEach(r -> page.append(again(r)));
        return page.toString();
    }

    private static String row(Reproduction run, String pictures) {
        EpochResult last = run.epochs().getLast();
        String published = run.published().map(p -> String.format(Locale.ROOT, "%s: %s%.3f, %.3f, %.3f", p.source(),
                p.rule() == Published.Rule.ASSERTED ? "asserts " : "", p.trainLoss(), p.trainAccuracy(),
                p.testAccuracy())).orElse("-");
        return String.format(Locale.ROOT,
                "| %s | %d | %d | %s | %.3f | %.3f | %s | %s | %.1f | %s | [curve](%s/%s.svg) |%n",
                name(run), run.settings().seed(), last.epoch(), Verdict.number(last.trainLoss()), last.trainAccuracy(),
                last.testAccuracy(), published, run.verdict().outcome(), run.imagesPerSecond(),
                time(run.trainSeconds()), pictures, Reproduction.name(run.settings()));
    }

    private static String name(Reproduction run) {
        var s = run.settings();
        return s.variant().equals(s.edition()) ? s.net() : s.net() + ", " + s.variant();
    }

    private static String time(double seconds) {
        return seconds < 60 ? String.format(Locale.ROOT, "%.0f s", seconds)
                : seconds < 3600 ? String.format(Locale.ROOT, "%.1f min", seconds / 60)
                        : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    private static String again(Reproduction run) {
        var s = run.settings();
        String command = "./sextant reproduce " + s.net()
                + (s.variant().equals(s.edition()) ? "" : " --variant " + s.variant()) + " --seed " + s.seed()
                + " --epochs " + s.epochs();
        String commit = run.card().fact("environment", "commit");
        return String.format(Locale.ROOT, "| `%s` | %s, %d threads | %s%s |%n", command,
                run.card().fact("environment", "cpu"), s.threads(), run.card().fact("environment", "jdk"),
                commit == null ? "" : ", commit " + commit);
    }
}
