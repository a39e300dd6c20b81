package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.StringJoiner;

/// The other end of [WorkerProcess]: one engine, alone in its process, that computes when it is told to and otherwise
/// waits for the next line, so that processes can take turns on one machine.
///
/// | line                    | answer                                             |
/// |-------------------------|----------------------------------------------------|
/// | `losses NET BATCH N`    | the losses of the first N steps                    |
/// | `logits NET BATCH`      | the logits                                         |
/// | `train NET BATCH`       | `ready`                                            |
/// | `infer NET BATCH`       | `ready`                                            |
/// | `run SECONDS`           | images done, seconds taken, peak resident MB       |
/// | `quit`                  |                                                    |
public final class Worker {
    private final PeerEngine engine;
    private AutoCloseable closeable = () -> {
    };
    private Runnable step;
    private int images;

    private Worker(PeerEngine engine) {
        this.engine = engine;
    }

    /// Answers until told to quit.
    public static void serve(PeerEngine engine) throws Exception {
        // Engines write to standard output what they like; the answers go to the real one.
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        var worker = new Worker(engine);
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        answers.println("ready");
        for (String line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
            answers.println(worker.answer(line.split(" ")));
        }
        worker.closeable.close();
        answers.flush();
        // Native engines keep threads that would hold the process.
        Runtime.getRuntime().halt(0);
    }

    private String answer(String[] words) throws Exception {
        switch (words[0]) {
            case "losses" -> {
                var joiner = new StringJoiner(" ");
                try (var t = engine.training(BookNet.of(words[1]), Integer.parseInt(words[2]), false)) {
                    for (int i = 0; i < Integer.parseInt(words[3]); i++) {
                        joiner.add(Double.toString(t.step()));
                    }
                }
                return joiner.toString();
            }
            case "logits" -> {
                try (var f = engine.inference(BookNet.of(words[1]), Integer.parseInt(words[2]))) {
                    String all = Arrays.toString(f.infer());
                    return all.substring(1, all.length() - 1).replace(",", "");
                }
            }
            case "train" -> {
                images = Integer.parseInt(words[2]);
                closeable.close();
                var t = engine.training(BookNet.of(words[1]), images, true);
                closeable = t;
                step = t::step;
                return "ready";
            }
            case "infer" -> {
                images = Integer.parseInt(words[2]);
                closeable.close();
                var f = engine.inference(BookNet.of(words[1]), images);
                closeable = f;
                step = f::infer;
                return "ready";
            }
            case "run" -> {
                return run(Double.parseDouble(words[1]));
            }
            default -> throw new IllegalArgumentException("worker: what is '" + String.join(" ", words) + "'?");
        }
    }

    private String run(double seconds) throws IOException {
        long count = 0;
        long start = System.nanoTime();
        long now;
        do {
            step.run();
            count++;
            now = System.nanoTime();
        } while (now - start < seconds * 1e9);
        return count * images + " " + (now - start) / 1e9 + " " + peakMegabytes();
    }

    private static long peakMegabytes() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(l -> l.startsWith("VmHWM:"))
                    .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) / 1024).findFirst().orElse(0);
        }
    }
}
