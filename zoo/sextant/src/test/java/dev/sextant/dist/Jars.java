package dev.sextant.dist;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The jars that the build has just made.
final class Jars {
    private Jars() {
    }

    private static Path buildFolder() {
        return Path.of(System.getProperty("build.dir"));
    }

    /// Everything in one file.
    static Path all() {
        return buildFolder().resolve("sextant-all.jar");
    }

    /// What the coordinate `sextant` pulls at run time, its own jar not included.
    static List<Path> pulled() throws IOException {
        String line = Files.readString(buildFolder().resolve("runtime-class-path.txt")).strip();
        return Stream.of(line.split(File.pathSeparator)).map(Path::of).toList();
    }

    /// The coordinate's own jar.
    static Path own() throws IOException {
        try (var files = Files.list(buildFolder())) {
            return files.filter(f -> f.getFileName().toString().matches("sextant-[0-9][^-]*(-SNAPSHOT)?\\.jar"))
                    .findFirst().orElseThrow();
        }
    }

    /// How a module path or class path is written.
    static String path(List<Path> jars) {
        return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    /// The module that a jar holds.
    static ModuleDescriptor descriptor(Path jar) {
        return ModuleFinder.of(jar).findAll().iterator().next().descriptor();
    }
}
