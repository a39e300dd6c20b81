package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher script in a made-up checkout: fake JDKs whose `java` prints what it was called with, and no network.
class LauncherTest {
    @TempDir
    Path temp;
    private Path root;
    private Path tools;

    private record Ended(int code, List<String> out, List<String> err) {
    }

    @BeforeEach
    void makeCheckout() throws IOException {
        Path script = Path.of(System.getProperty("repository.root", "../..")).resolve("sextant");
        assumeTrue(Files.exists(Path.of("/bin/bash")), "no bash here");
        root = Files.createDirectories(temp.resolve("check out"));
        Files.copy(script, root.resolve("sextant"));
        Files.createDirectories(root.resolve("zoo/cli/target/lib"));
        Files.createDirectories(root.resolve("zoo/cli/src/main"));
        Files.writeString(root.resolve("pom.xml"), "");
        Files.writeString(root.resolve("zoo/cli/pom.xml"), "");
        Path jar = Files.writeString(root.resolve("zoo/cli/target/sextant-cli-1.jar"), "");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        // A PATH with what the script needs and no java, whatever this machine has.
        tools = Files.createDirectories(temp.resolve("tools"));
        for (String tool : List.of("dirname", "readlink", "find", "grep", "touch", "mktemp", "rm", "flock",
                "env", "cat", "stty", "sed")) {
            for (String folder : List.of("/usr/bin/", "/bin/")) {
                if (Files.exists(Path.of(folder + tool)) && !Files.exists(tools.resolve(tool))) {
                    script(tools.resolve(tool), "exec " + folder + tool + " \"$@\"\n");
                }
            }
        }
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(temp.resolve("jdks").resolve(name));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version
                + "\"\nMODULES=\"java.base jdk.incubator.vector\"\n");
        script(home.resolve("bin/java"), """
                echo "WARNING: Using incubator modules: jdk.incubator.vector" >&2
                echo "another warning" >&2
                echo "home %s"
                for a in "$@"; do echo "arg $a"; done
                exit ${FAKE_EXIT:-0}
                """.formatted(name));
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/bash\n" + body);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Ended launch(Map<String, String> environment, Path command, String... args) throws Exception {
        var line = new ArrayList<>(List.of("/bin/bash", command.toString()));
        line.addAll(List.of(args));
        Path out = Files.createTempFile(temp, "out", "");
        Path err = Files.createTempFile(temp, "err", "");
        var builder = new ProcessBuilder(line).directory(temp.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", tools.toString(), "HOME", temp.toString(), "SEXTANT_JDK_DIRS",
                temp.resolve("jdks").toString()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
        // The filter of standard error may end a moment after the program.
        for (int i = 0; i < 50 && Files.size(err) == 0; i++) {
            Thread.sleep(20);
        }
        return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
    }

    private Ended launch(String... args) throws Exception {
        return launch(Map.of(), root.resolve("sextant"), args);
    }

    @Test
    void withoutAJdkItSaysInOneLineHowToGetOne() throws Exception {
        Ended e = launch("train", "lenet");
        assertEquals(1, e.code());
        assertEquals(1, e.err().size(), e.err().toString());
        assertTrue(e.err().getFirst().startsWith("sextant: needs a JDK 25 or newer, but none was found; get one from "),
                e.err().toString());
        assertEquals(List.of(), e.out());
    }

    /// `gpu-lab` is a program of its own, with JCuda's natives where they need not be unpacked.
    @Test
    void gpuLabRunsTheKernelsOwnProgram() throws Exception {
        jdk("a-25", "25");
        Path kernels = root.resolve("kernels/target");
        Files.createDirectories(kernels.resolve("lib"));
        Files.createDirectories(kernels.resolve("natives/lib"));
        Path jar = Files.writeString(kernels.resolve("sextant-kernels-1.jar"), "");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        Ended e = launch("gpu-lab", "sgemm", "--thread", "0,0,1,0");
        assertEquals(0, e.code(), e.err().toString());
        assertTrue(e.out().contains("arg -Djava.library.path=" + kernels.resolve("natives/lib")), e.out().toString());
        int program = e.out().indexOf("arg dev.sextant.kernels.lab.GpuLab");
        assertEquals(List.of("arg sgemm", "arg --thread", "arg 0,0,1,0"),
                e.out().subList(program + 1, e.out().size()));
        assertEquals("arg " + jar + ":" + kernels.resolve("lib/*"), e.out().get(program - 1));
    }

    /// `simulated` installs the simulator, takes it for the driver, and marks every line of both streams.
    @Test
    void aSimulatedGpuIsNamedInEveryLine() throws Exception {
        jdk("a-25", "25");
        Ended e = launch("simulated", "train", "lenet", "--backend", "cuda");
        assertEquals(0, e.code(), e.err().toString());
        assertTrue(e.out().stream().allMatch(line -> line.startsWith("simulated  ")), e.out().toString());
        assertTrue(e.out().contains("simulated  another warning"), e.out().toString());
        assertTrue(e.out().stream().anyMatch(line -> line.startsWith("simulated  arg -Dsextant.gpu.libdir=")),
                e.out().toString());
        int program = e.out().indexOf("simulated  arg dev.sextant.cli.Main");
        assertEquals(List.of("train", "lenet", "--backend", "cuda").stream().map(a -> "simulated  arg " + a).toList(),
                e.out().subList(program + 1, e.out().size()));
        assertEquals(3, launch(Map.of("FAKE_EXIT", "3"), root.resolve("sextant"), "simulated", "doctor").code());
    }

    /// `gpu-check` is a part of `bench`, whose jar has everything in it.
    @Test
    void gpuCheckIsAPartOfBench() throws Exception {
        jdk("a-25", "25");
        Path target = Files.createDirectories(root.resolve("bench/target"));
        Path jar = Files.writeString(target.resolve("bench.jar"), "");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
        for (String before : new String[] {"", "bench "}) {
            Ended e = launch((before + "gpu-check --simulated").split(" "));
            assertEquals(0, e.code(), e.err().toString());
            int program = e.out().indexOf("arg dev.sextant.bench.BenchMain");
            assertEquals(List.of("arg gpu-check", "arg --simulated"), e.out().subList(program + 1, e.out().size()));
            assertEquals("arg " + jar, e.out().get(program - 1));
        }
    }

    @Test
    void anOldJdkIsNotTakenAndTheNewestIsNamed() throws Exception {
        jdk("a-17", "17.0.15");
        jdk("b-21", "21");
        jdk("c-8", "1.8.0_402");
        Ended e = launch("doctor");
        assertEquals(1, e.code());
        assertEquals(1, e.err().size(), e.err().toString());
        assertTrue(e.err().getFirst().contains("but the newest found is 21;"), e.err().toString());
    }

    @Test
    void theFirstJdkNewEnoughIsTaken() throws Exception {
        jdk("a-17", "17.0.15");
        jdk("b-25", "25.0.3");
        assertEquals("home b-25", launch().out().getFirst());
        Path early = jdk("z-26", "26-ea");
        assertEquals("home z-26", launch(Map.of("SEXTANT_JAVA_HOME", early.toString()), root.resolve("sextant")).out()
                .getFirst());
        assertEquals("home z-26", launch(Map.of("JAVA_HOME", early.toString()), root.resolve("sextant")).out()
                .getFirst());
        Files.createSymbolicLink(tools.resolve("java"), early.resolve("bin/java"));
        assertEquals("home z-26", launch().out().getFirst(), "java on the PATH");
        assertEquals("home b-25", launch(Map.of("JAVA_HOME", temp.resolve("jdks/b-25").toString()),
                root.resolve("sextant")).out().getFirst());
    }

    @Test
    void aFolderWithoutAReleaseFileIsNoJdk() throws Exception {
        Files.delete(jdk("b-25", "25").resolve("release"));
        assertTrue(launch().err().getFirst().contains("none was found"));
    }

    @Test
    void argumentsExitCodeAndFlagsArrive() throws Exception {
        jdk("b-25", "25");
        Ended e = launch(Map.of("FAKE_EXIT", "130", "SEXTANT_JAVA_OPTS", "-Xmx1g -Dx=y"), root.resolve("sextant"),
                "train", "two words", "*", "");
        assertEquals(130, e.code());
        List<String> out = e.out();
        int main = out.indexOf("arg dev.sextant.cli.Main");
        assertEquals(List.of("arg train", "arg two words", "arg *", "arg "), out.subList(main + 1, out.size()));
        List<String> flags = out.subList(0, main);
        for (String flag : List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseTransparentHugePages", "-XX:-UseFPUForSpilling", "-Xmn32m", "-Djava.awt.headless=true",
                "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0", "-XX:MaxRAMPercentage=70", "-Xmx1g", "-Dx=y")) {
            assertTrue(flags.contains("arg " + flag), flag + " is missing in " + flags);
        }
        assertFalse(flags.contains("arg -Dsextant.terminal=true"), "standard error is a file here");
        assertTrue(flags.contains("arg " + root.toRealPath().resolve("zoo/cli/target/sextant-cli-1.jar") + ":"
                + root.toRealPath().resolve("zoo/cli/target/lib") + "/*"), flags.toString());
    }

    @Test
    void onlyTheIncubatorWarningIsKeptFromTheUser() throws Exception {
        jdk("b-25", "25");
        assertEquals(List.of("another warning"), launch().err());
    }

    @Test
    void aCutDownImageWithoutTheVectorModuleStillStarts() throws Exception {
        Path home = jdk("b-25", "25");
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25\"\nMODULES=\"java.base java.desktop\"\n");
        Ended e = launch();
        assertFalse(e.out().contains("arg --add-modules=jdk.incubator.vector"), e.out().toString());
    }

    @Test
    void aLinkToTheScriptFindsItsCheckout() throws Exception {
        jdk("b-25", "25");
        Path first = Files.createSymbolicLink(temp.resolve("link"), Path.of("check out/sextant"));
        Path second = Files.createSymbolicLink(temp.resolve("link2"), first);
        Ended e = launch(Map.of(), second);
        assertEquals(0, e.code(), e.err().toString());
        assertTrue(e.out().contains("arg -Dsextant.home=" + root.toRealPath()), e.out().toString());
    }

    @Test
    void itBuildsOnlyWhenSomethingIsNewerOrMissing() throws Exception {
        script(jdk("b-25", "25").resolve("bin/javac"), "exit 1\n");
        script(tools.resolve("mvn"), "echo \"$PWD: $*\" >> '" + temp.resolve("built") + "'\n");
        Path built = temp.resolve("built");
        launch();
        assertFalse(Files.exists(built), "the jar is newer than the sources");

        Path source = Files.writeString(root.resolve("zoo/cli/src/main/A.java"), "");
        Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
        Path jar = root.resolve("zoo/cli/target/sextant-cli-1.jar");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 120_000));
        Ended e = launch();
        assertEquals(0, e.code(), e.err().toString());
        assertEquals(List.of(root.toRealPath() + ": -B -q -DskipTests -pl zoo/cli -am package"),
                Files.readAllLines(built));
        assertTrue(e.err().getFirst().startsWith("sextant: building"), e.err().toString());
        assertEquals("home b-25", e.out().getFirst(), "Maven's words do not get into the results");

        launch();
        assertEquals(1, Files.readAllLines(built).size(), "Maven left the old jar alone, and that is known");
    }

    @Test
    void whatBuildingNeedsIsNamedInOneLine() throws Exception {
        jdk("b-25", "25");
        Files.delete(root.resolve("zoo/cli/target/sextant-cli-1.jar"));
        Ended noMaven = launch();
        assertEquals(1, noMaven.code());
        assertEquals(List.of("sextant: needs Maven to build itself; install it (Debian: apt install maven)"),
                noMaven.err());

        script(tools.resolve("mvn"), "echo broken >&2; exit 3\n");
        Ended noCompiler = launch();
        assertEquals(1, noCompiler.err().size(), noCompiler.err().toString());
        assertTrue(noCompiler.err().getFirst().contains("has no compiler"), noCompiler.err().toString());

        script(temp.resolve("jdks/b-25/bin/javac"), "exit 1\n");
        Ended failed = launch();
        assertEquals(1, failed.code());
        assertTrue(failed.err().getLast().startsWith("sextant: the build failed;"), failed.err().toString());
        assertEquals(List.of(), failed.out());
    }
}
