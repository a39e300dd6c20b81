package dev.sextant.kernels.sim;

import dev.sextant.engine.error.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Runs g++. What it makes lies in folders that are named by all that went in, so each is made once.
final class HostCompiler {
    private HostCompiler() {
    }

    /// A step of a build.
    @FunctionalInterface
    interface Compilation<T> {
        /// Does it.
        void run(T what) throws IOException;
    }

    /// Whether g++ can be started.
    static boolean isPresent() {
        try {
            return new ProcessBuilder("g++", "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Runs one command in a folder.
    static void run(Path folder, List<String> command) throws IOException {
        var process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new DeviceException("simulator: %s failed:%n%s", String.join(" ", command), output);
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted while compiling", e);
    }

    /// Does the step for each, on every processor.
    static <T> void inParallel(List<T> all, Compilation<T> compilation) throws IOException {
        try (var compilers = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Callable<Void>> tasks = all.stream().map(what -> (Callable<Void>) () -> {
                compilation.run(what);
                return null;
            }).toList();
            for (var task : compilers.invokeAll(tasks)) {
                task.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeviceException refused) {
                throw refused;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// The folder `done`, filled by `compilation` unless it is there already.
    static Path once(Path done, Compilation<Path> compilation) throws IOException {
        if (!Files.exists(done)) {
            Files.createDirectories(done.getParent());
            Path scratch = Files.createTempDirectory(done.getParent(), "building");
            compilation.run(scratch);
            try {
                Files.move(scratch, done, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                // Somebody else was faster; theirs is the same.
                if (!Files.exists(done)) {
                    throw e;
                }
                deleteTree(scratch);
            }
        }
        return done.toAbsolutePath();
    }

    /// A short name for a text.
    static String key(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8))).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
