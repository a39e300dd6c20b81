package dev.sextant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rules of ARCHITECTURE.md that a search through the sources can check. A rule that is broken names file and line.
class ArchitectureTest {
    private static final List<String> LIBRARY = List.of("engine", "autograd", "nn", "zoo/models");

    private static Path root;

    @BeforeAll
    static void findRoot() {
        root = Path.of(System.getProperty("repository.root", ".."));
        assertTrue(Files.isRegularFile(root.resolve("ARCHITECTURE.md")), "no repository at " + root.toAbsolutePath());
    }

    private static List<Path> mainSources(String module) {
        Path folder = root.resolve(module).resolve("src/main/java");
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Lines of the library's sources that match, as `file:line: text`; comment lines do not count.
    private static List<String> matches(List<String> modules, String regex, String... exceptPaths) {
        Pattern pattern = Pattern.compile(regex);
        List<String> found = new ArrayList<>();
        for (String module : modules) {
            for (Path file : mainSources(module)) {
                String path = root.relativize(file).toString();
                if (Stream.of(exceptPaths).anyMatch(path::contains)) {
                    continue;
                }
                List<String> lines = read(file);
                for (int i = 0; i < lines.size(); i++) {
                    if (!lines.get(i).strip().startsWith("//") && pattern.matcher(lines.get(i)).find()) {
                        found.add(path + ":" + (i + 1) + ": " + lines.get(i).strip());
                    }
                }
            }
        }
        return found;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void none(String rule, List<String> found) {
        assertEquals(List.of(), found, rule);
    }

    @Test
    void theSearchFindsWhatItShould() {
        assertTrue(matches(List.of("engine"), "^import jdk\\.incubator\\.vector\\.").size() > 3);
        assertTrue(mainSources("nn").size() > 10);
    }

    @Test
    void onlySimdSeesTheVectorApi() {
        none("only engine.cpu.simd imports jdk.incubator.vector",
                matches(LIBRARY, "jdk\\.incubator\\.vector\\.[A-Z]", "engine/cpu/simd/"));
    }

    @Test
    void onlyKernelsSeesJcuda() {
        List<String> modules = new ArrayList<>(LIBRARY);
        modules.add("zoo/cli");
        none("only kernels and bench import jcuda", matches(modules, "^import (static )?jcuda\\."));
    }

    @Test
    void theLibraryImportsNoThirdParty() {
        none("engine, autograd, nn and zoo/models import the JDK and themselves alone",
                matches(LIBRARY,
                        "^import (?:static )?+(?!java\\.|javax\\.(xml|imageio)|jdk\\.(incubator\\.vector|jfr)|dev\\.sextant\\.)"));
    }

    @Test
    void importsFollowTheModules() {
        none("engine imports nothing above it",
                matches(List.of("engine"), "dev\\.sextant\\.(autograd|nn|zoo|kernels|cli)"));
        none("autograd imports the engine alone", matches(List.of("autograd"), "dev\\.sextant\\.(nn|zoo|kernels|cli)"));
        none("nn imports autograd and engine alone", matches(List.of("nn"), "dev\\.sextant\\.(zoo|kernels|cli)"));
        none("nothing above the engine sees a CPU backend's inside",
                matches(List.of("autograd", "nn", "zoo/models", "zoo/cli"), "dev\\.sextant\\.engine\\.cpu\\."));
        none("the fast path never calls the oracle",
                matches(List.of("engine"), "cpu\\.ref\\.", "cpu/ref/", "Device.java"));
    }

    @Test
    void theLibraryIsAGoodGuest() {
        none("the library sets no system property", matches(LIBRARY, "System\\.setProperty"));
        none("the library logs through System.Logger", matches(LIBRARY, "System\\.(out|err)\\.|printStackTrace"));
        none("the library never ends the JVM", matches(LIBRARY, "System\\.exit|Runtime\\.getRuntime\\(\\)\\.halt"));
    }

    @Test
    void everyExceptionOfOursIsASextantException() {
        none("thrown on purpose means SextantException or a subclass",
                matches(LIBRARY, "throw new (RuntimeException|IllegalArgumentException|Error|Exception)\\("));
    }

    @Test
    void sourcesStayReadable() {
        List<String> long_ = new ArrayList<>();
        List<String> modules = new ArrayList<>(LIBRARY);
        modules.addAll(List.of("zoo/cli", "kernels"));
        for (String module : modules) {
            for (Path file : mainSources(module)) {
                int lines = read(file).size();
                if (lines > 500) {
                    long_.add(root.relativize(file) + " has " + lines + " lines");
                }
            }
        }
        none("a file over 500 lines wants to be cut along an idea", long_);
    }

    @Test
    void modulesHaveReadmes() {
        for (String module : List.of("engine", "autograd", "nn", "zoo", "kernels", "bench")) {
            assertTrue(Files.isRegularFile(root.resolve(module).resolve("README.md")),
                    module + "/README.md is missing");
        }
    }

    @Test
    void exportedPackagesAreDocumented() {
        List<String> missing = new ArrayList<>();
        for (String module : LIBRARY) {
            for (String line : read(root.resolve(module).resolve("src/main/java/module-info.java"))) {
                if (line.strip().startsWith("exports ")) {
                    String name = line.strip().substring("exports ".length()).replaceAll("[ ;].*", "");
                    Path info = root.resolve(module).resolve("src/main/java").resolve(name.replace('.', '/'))
                            .resolve("package-info.java");
                    if (!Files.isRegularFile(info)) {
                        missing.add(name);
                    }
                }
            }
        }
        none("every exported package has a package-info.java", missing);
    }
}
