package dev.sextant.cli.run;

import dev.sextant.engine.error.SextantException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The folder that a run leaves behind, locked while this object is open:
///
/// | file | holds |
/// |---|---|
/// | `run.json` | the run card: everything needed to repeat the run, see [RunCard] |
/// | `metrics.jsonl` | five points per epoch and each epoch's result, see [MetricsLog] |
/// | `curve.svg`, `curve.png` | the training curve, redrawn while it grows |
/// | `index.html` | a page that shows curve and settings and reloads itself |
/// | `checkpoint.safetensors` | parameters, optimizer and random state; written by the trainer |
/// | `lock` | held by the running process |
public final class RunFolder implements AutoCloseable {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private final Path path;
    private final RunLock lock;

    private RunFolder(Path path, RunLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /// A new folder: `out` where one is named, else `runs/<net>-<seed>-<time>` in the current directory.
    ///
    /// @throws SextantException if the folder holds a run already, or is in use
    public static RunFolder create(Path out, String net, long seed) {
        Path folder = out;
        if (folder == null) {
            String name = net + "-" + seed + "-" + LocalDateTime.now().format(STAMP);
            folder = Path.of("runs", name);
            for (int n = 2; Files.exists(folder); n++) {
                folder = Path.of("runs", name + "-" + n);
            }
        }
        try {
            Files.createDirectories(folder);
            RunFolder run = new RunFolder(folder, RunLock.acquire(folder));
            if (Files.exists(run.card())) {
                run.close();
                throw new SextantException("%s already holds a run; resume it with --resume %s, or choose another "
                        + "folder with --out", folder, folder);
            }
            return run;
        } catch (FileAlreadyExistsException | NotDirectoryException e) {
            throw new SextantException(e, "--out %s is a file, not a folder", folder);
        } catch (IOException e) {
            throw new SextantException(e, "cannot write to run folder %s: %s", folder, e);
        }
    }

    /// The folder of an earlier run.
    ///
    /// @throws SextantException if there is no run in it, or if it is in use
    public static RunFolder open(Path folder) {
        if (!isRun(folder)) {
            throw new SextantException("%s holds no run to resume: it has no run.json", folder);
        }
        try {
            var run = new RunFolder(folder, RunLock.acquire(folder));
            run.deleteLeftovers();
            return run;
        } catch (IOException e) {
            throw new SextantException(e, "cannot write to run folder %s: %s", folder, e);
        }
    }

    /// A process that is killed while it replaces a file leaves the temporary one.
    private void deleteLeftovers() throws IOException {
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(path, ".*.tmp")) {
            for (Path file : leftovers) {
                Files.deleteIfExists(file);
            }
        }
    }

    /// Where it is.
    public Path path() {
        return path;
    }

    /// `run.json`.
    public Path card() {
        return path.resolve("run.json");
    }

    /// `metrics.jsonl`.
    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /// The trainer's file.
    public Path checkpoint() {
        return path.resolve("checkpoint.safetensors");
    }

    /// Whether a folder holds a run.
    public static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve("run.json"));
    }

    /// The self-refreshing page.
    Path page() {
        return path.resolve("index.html");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
