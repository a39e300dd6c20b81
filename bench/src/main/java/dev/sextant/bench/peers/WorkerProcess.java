package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import dev.sextant.engine.error.SextantException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// An engine in a process of its own, and the questions that [Worker] answers.
final class WorkerProcess implements AutoCloseable {
    /// How to start one.
    ///
    /// @param name        as in the tables
    /// @param command     program and arguments
    /// @param environment variables on top of the inherited ones
    record Recipe(String name, List<String> command, Map<String, String> environment) {
    }

    /// One turn on the machine.
    ///
    /// @param processorSeconds what the engine's process used, all its threads together
    /// @param others           processors that other programs used meanwhile
    record Turn(long images, double seconds, double processorSeconds, long peakMegabytes, double others) {
    }

    private final Recipe recipe;
    private final Process process;
    private final PrintStream questions;
    private final BufferedReader answers;
    private final Path log;

    WorkerProcess(Recipe recipe) {
        this.recipe = recipe;
        try {
            log = Files.createTempFile("sextant-" + recipe.name.replace(' ', '-'), ".log");
            var builder = new ProcessBuilder(recipe.command).redirectError(log.toFile());
            builder.environment().putAll(recipe.environment);
            process = builder.start();
        } catch (IOException e) {
            throw new SextantException(e, "bench: %s does not start: %s", recipe.name, e.getMessage());
        }
        questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        read("starting");
    }

    String name() {
        return recipe.name;
    }

    double[] losses(BookNet net, int batch, int steps) {
        return numbers(ask("losses " + net.key() + " " + batch + " " + steps));
    }

    double[] logits(BookNet net, int batch) {
        return numbers(ask("logits " + net.key() + " " + batch));
    }

    /// Builds the network; what follows with [#run] is training steps, or inferences.
    void prepare(Mode mode, BookNet net, int batch) {
        ask((mode == Mode.TRAIN ? "train " : "infer ") + net.key() + " " + batch);
    }

    Turn run(double seconds) {
        double machineBefore = BusyTime.machine();
        double ownBefore = BusyTime.of(process);
        double[] n = numbers(ask("run " + seconds));
        double own = BusyTime.of(process) - ownBefore;
        double others = (BusyTime.machine() - machineBefore - own) / n[1];
        return new Turn((long) n[0], n[1], own, (long) n[2], Math.max(0, others));
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private String ask(String question) {
        questions.println(question);
        return read(question);
    }

    private String read(String question) {
        try {
            String line = answers.readLine();
            if (line != null) {
                return line;
            }
            process.waitFor(5, TimeUnit.SECONDS);
            List<String> said = Files.readAllLines(log);
            throw new SextantException("bench: %s ended at '%s'; its last words (all in %s):%n%s", recipe.name,
                    question, log, String.join("\n", said.subList(Math.max(0, said.size() - 15), said.size())));
        } catch (IOException e) {
            throw new SextantException(e, "bench: %s at '%s': %s", recipe.name, question, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SextantException(e, "bench: interrupted while %s did '%s'", recipe.name, question);
        }
    }

    /// Ends the process; its log goes too, since it did not fail.
    @Override
    public void close() {
        questions.println("quit");
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            if (process.waitFor() == 0) {
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            throw new SextantException(e, "bench: cannot delete %s", log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
