package dev.sextant.bench.gpu;

import com.google.gson.Gson;
import dev.sextant.bench.OwnJvm;
import dev.sextant.bench.gpu.CheckWorker.Line;
import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.engine.error.SextantException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Runs all checks, in as many processes as it takes: when one dies, hangs, or loses its device, the next goes on behind
/// the check that did it.
final class CheckProcess {
    private static final int TAIL = 12;

    private final Class<? extends CheckList> list;
    private final boolean simulated;
    private final String only;
    private final long end;
    private final Duration patience;
    private CheckWorker.Chain chain;
    private Line current;
    private String lastWords = "";
    private int next;

    /// @param only     a regular expression that a check's section, device and name must contain
    /// @param limit    after which no check is begun
    /// @param patience how long a check may say nothing
    CheckProcess(Class<? extends CheckList> list, boolean simulated, String only, Duration limit, Duration patience) {
        this.list = list;
        this.simulated = simulated;
        this.only = only;
        this.end = System.currentTimeMillis() + limit.toMillis();
        this.patience = patience;
    }

    /// What was found out about the GPU; null before [#run].
    CheckWorker.Chain chain() {
        return chain;
    }

    /// Runs them. Where no GPU works, none is run.
    ///
    /// @param found hears of every finding as it comes
    void run(Consumer<Finding> found) throws IOException, InterruptedException {
        int code;
        do {
            int first = next;
            code = oneProcess(found);
            if (current != null) {
                next = current.begins() + 1;
                current = null;
            }
            if (code != 0 && next == first) {
                stuck(code, found);
                return;
            }
        } while (code != 0);
    }

    /// A process ended before it began a check.
    private void stuck(int code, Consumer<Finding> found) {
        if (next > 0) {
            found.accept(Finding.of(new Check("the rest", Gpu.OWN, "all later checks", null), Outcome.CRASHED, null,
                    "after the check before, the GPU could not be opened again (exit code " + code
                            + "), so nothing else was looked at; its last words: " + lastWords,
                    0));
        } else if (code != CheckWorker.NO_DEVICE) {
            throw new SextantException("gpu-check: the process that runs the checks ended with %d before the first one "
                    + "began; its last words: %s", code, lastWords);
        }
    }

    private int oneProcess(Consumer<Finding> found) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("gpu-check", ".err");
        Process process = new ProcessBuilder(OwnJvm.command(List.of(), CheckWorker.class, list.getName(),
                simulated ? "simulated" : "real", Integer.toString(next), only, Long.toString(end)))
                .redirectError(errors.toFile()).start();
        try (BufferedReader lines = process.inputReader();
                ExecutorService reader = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory())) {
            boolean hung = false;
            Callable<String> readLine = lines::readLine;
            try {
                for (String text; (text = reader.submit(readLine).get(patience.toMillis(),
                        TimeUnit.MILLISECONDS)) != null;) {
                    if (text.startsWith(CheckWorker.MARK)) {
                        hear(new Gson().fromJson(text.substring(CheckWorker.MARK.length()), Line.class), found);
                    }
                }
            } catch (TimeoutException e) {
                hung = true;
                // Whoever else holds the pipe would keep the reader waiting.
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            } catch (ExecutionException e) {
                throw new IOException("the process that runs the checks cannot be read", e.getCause());
            }
            int code = process.waitFor();
            lastWords = tail(errors);
            if (current != null && current.check() != null) {
                found.accept(Finding.of(current.check(), Outcome.CRASHED, null, (hung
                        ? "it said nothing for " + patience.toSeconds() + " s and was ended"
                        : "its process died with exit code " + code) + "; its last words: " + lastWords, 0));
            }
            return code;
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(errors);
        }
    }

    private void hear(Line line, Consumer<Finding> found) {
        if (line.chain() != null) {
            chain = chain == null ? line.chain() : chain;
        } else if (line.begins() != null) {
            current = line;
        } else {
            // What was begun is done; where it stood is kept.
            current = new Line(null, current.begins(), null, null);
            found.accept(line.finding());
        }
    }

    private static String tail(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                .filter(l -> !l.startsWith("WARNING:")).toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    }
}
