package dev.sextant.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A ten-line program of an embedder, compiled and run against the built jars alone: on the class path and the module
/// path, with the four jars and with the one, with and without the incubator module, and in a jlinked image.
class EmbedderTest {
    private static final String VECTOR = "--add-modules=jdk.incubator.vector";
    private static final long SECONDS = 120;

    @TempDir
    static Path folder;

    private static Path onClassPath;
    private static Path onFourModules;
    private static Path onOneModule;
    private static List<Path> four;

    @BeforeAll
    static void compile() throws Exception {
        four = Jars.pulled();
        List<Path> one = List.of(Jars.all());
        onClassPath = compile("plain", "--class-path", one, null);
        onFourModules = compile("four", "--module-path", four, "module embedder { requires dev.sextant.zoo; }");
        onOneModule = compile("one", "--module-path", one, "module embedder { requires dev.sextant; }");
    }

    private static Path compile(String name, String option, List<Path> jars, String module) throws Exception {
        Path sources = Files.createDirectories(folder.resolve(name + "-src"));
        Path classes = folder.resolve(name);
        try (var in = EmbedderTest.class.getResourceAsStream("/embedder/Embedder.java")) {
            Files.write(sources.resolve("Embedder.java"), in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of(tool("javac"), "-Xlint:all,-incubating", "-Werror", "-d",
                classes.toString(), option, Jars.path(jars), sources.resolve("Embedder.java").toString()));
        if (module != null) {
            command.add(Files.writeString(sources.resolve("module-info.java"), module).toString());
        }
        assertEquals("", run(command));
        return classes;
    }

    @Test
    void classPathWithTheVectorModule() throws Exception {
        check(VECTOR, "-cp", Jars.path(with(four, onClassPath)), "embedder.Embedder");
        check(VECTOR, "-cp", Jars.path(with(List.of(Jars.all()), onClassPath)), "embedder.Embedder");
    }

    @Test
    void classPathWithoutTheVectorModule() throws Exception {
        check("-cp", Jars.path(with(four, onClassPath)), "embedder.Embedder");
        check("-cp", Jars.path(with(List.of(Jars.all()), onClassPath)), "embedder.Embedder");
    }

    @Test
    void modulePathWithTheVectorModule() throws Exception {
        check(VECTOR, "-p", Jars.path(with(four, onFourModules)), "-m", "embedder/embedder.Embedder");
        check(VECTOR, "-p", Jars.path(with(List.of(Jars.all()), onOneModule)), "-m", "embedder/embedder.Embedder");
    }

    @Test
    void modulePathWithoutTheVectorModule() throws Exception {
        check("-p", Jars.path(with(four, onFourModules)), "-m", "embedder/embedder.Embedder");
        check("-p", Jars.path(with(List.of(Jars.all()), onOneModule)), "-m", "embedder/embedder.Embedder");
    }

    @Test
    void jlinkedImage() throws Exception {
        Path image = folder.resolve("image");
        run(List.of(tool("jlink"), "--module-path", Jars.path(with(four, onFourModules)), "--add-modules",
                "embedder,jdk.incubator.vector", "--strip-debug", "--no-header-files", "--no-man-pages", "--output",
                image.toString()));
        checkOutput(run(List.of(image.resolve("bin/java").toString(), "-m", "embedder/embedder.Embedder",
                modelFile())));
    }

    private static List<Path> with(List<Path> jars, Path more) {
        List<Path> all = new ArrayList<>(jars);
        all.add(more);
        return all;
    }

    private static void check(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(tool("java")));
        command.addAll(List.of(arguments));
        command.add(modelFile());
        checkOutput(run(command));
    }

    private static String modelFile() {
        return folder.resolve("model.safetensors").toString();
    }

    private static void checkOutput(String output) {
        assertTrue(output.contains("10 scores, same bits: true"), output);
        assertTrue(output.lines().anyMatch(l -> l.matches("\\[(-?[0-9.E-]+(, )?){10}]")), output);
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        File output = Files.createTempFile(folder, "output", ".txt").toFile();
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(output).start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output.toPath(), StandardCharsets.UTF_8);
        assertTrue(ended, "still running after " + SECONDS + " s: " + command + "\n" + text);
        assertEquals(0, process.exitValue(), () -> command + "\n" + text);
        return text;
    }
}
