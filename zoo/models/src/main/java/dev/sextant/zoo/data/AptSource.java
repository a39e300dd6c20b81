package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Gets Fashion-MNIST with apt, without installing anything and without being root: apt works in a folder of our own,
/// first with the machine's package lists, then (where those are missing or old) with lists fetched into that folder;
/// `dpkg-deb -x` unpacks the package.
final class AptSource {
    private static final String PACKAGE = "dataset-fashion-mnist";
    private static final String FOLDER_IN_PACKAGE = "usr/share/datasets/fashion-mnist";
    private static final Duration UPDATE_LIMIT = Duration.ofMinutes(3);
    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(5);

    private final DataEnvironment environment;
    private final FashionFiles files;

    AptSource(DataEnvironment environment, FashionFiles files) {
        this.environment = environment;
        this.files = files;
    }

    /// Downloads, checks and keeps in the cache.
    ///
    /// @throws DataException if apt or the package cannot be had here
    Map<MnistFile, byte[]> fetch() {
        try {
            Path work = Files.createTempDirectory("sextant-apt");
            try {
                Path folder = unpack(download(work), work.resolve("package"));
                var contents = files.read(folder);
                keep(folder);
                return contents;
            } finally {
                delete(work);
            }
        } catch (IOException e) {
            throw new DataException(e, "%s", e.getMessage());
        }
    }

    private Path download(Path work) throws IOException {
        Files.createDirectories(work.resolve("cache/archives/partial"));
        Files.createDirectories(work.resolve("state/lists/partial"));
        List<String> apt = List.of("apt-get", "-q", "-o", "Dir::Cache=" + work.resolve("cache"),
                "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=20",
                "-o", "Acquire::https::Timeout=20");
        var first = run(work, DOWNLOAD_LIMIT, apt, List.of("download", PACKAGE));
        if (first.exitCode() != 0) {
            environment.progress().accept("Fashion-MNIST: apt's package lists do not serve; fetching them into a "
                    + "temporary folder");
            var ownLists = new ArrayList<>(apt);
            ownLists.addAll(List.of("-o", "Dir::State=" + work.resolve("state")));
            require("apt-get update", run(work, UPDATE_LIMIT, ownLists, List.of("update")));
            require("apt-get download", run(work, DOWNLOAD_LIMIT, ownLists, List.of("download", PACKAGE)));
        }
        try (var packages = Files.newDirectoryStream(work, PACKAGE + "*.deb")) {
            for (Path file : packages) {
                return file;
            }
        }
        throw new DataException("apt-get download ended well, but left no %s*.deb", PACKAGE);
    }

    private Path unpack(Path deb, Path target) throws IOException {
        require("dpkg-deb", run(deb.getParent(), DOWNLOAD_LIMIT, List.of("dpkg-deb"),
                List.of("-x", deb.toString(), target.toString())));
        return target.resolve(FOLDER_IN_PACKAGE);
    }

    private CommandRunner.Outcome run(Path work, Duration limit, List<String> program, List<String> arguments)
            throws IOException {
        var command = new ArrayList<>(program);
        command.addAll(arguments);
        return environment.commands().run(work, limit, List.copyOf(command));
    }

    private static void require(String what, CommandRunner.Outcome outcome) {
        if (outcome.exitCode() != 0) {
            throw new DataException("%s failed (exit %d): %s", what, outcome.exitCode(), outcome.lastLine());
        }
    }

    private void keep(Path folder) {
        for (var entry : IdxFolder.locate(folder).entrySet()) {
            try {
                FashionFiles.store(environment.cacheFolder(), entry.getValue().getFileName().toString(),
                        Files.readAllBytes(entry.getValue()));
            } catch (IOException e) {
                environment.progress().accept("Fashion-MNIST: cannot be kept in " + environment.cacheFolder() + ": "
                        + e);
                return;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
