package dev.sextant.engine.cpu.simd;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The gate on machine code: the innermost loop of every register tile, as C2 compiled it, keeps all vectors in
/// registers, has one multiply-add for each accumulator, and at most three integers in memory for two of them. A single spilled accumulator becomes a chain through memory and can
/// halve a tile's speed, and whether there is one hangs on the version of the JDK and on details of the source.
///
/// Runs with `-Pmachine-code`, which `CI=true` switches on.
class MachineCodeTest {
    private static final Pattern TILE = Pattern.compile("Avx(512|2)(\\w*)Tile(\\d+)x(\\d+)");

    @ParameterizedTest(name = "UseAVX={0}, {2}")
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "3 | 512 | as embedded | Avx512Tile16x32 | -",
        "3 | 512 | as launched | Avx512Tile16x32 | -XX:-UseFPUForSpilling",
        "2 | 2   | as embedded | Avx2Tile6x16    | -",
        "2 | 2   | as launched | Avx2Tile6x16    | -XX:-UseFPUForSpilling"})
    void tilesStayInRegisters(int useAvx, String isa, String circumstance, String knownToSpill, String option)
            throws IOException, InterruptedException {
        assumeTrue(Boolean.getBoolean("machine.code"), "machine code is checked with -Pmachine-code");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "tiles are tuned for x86-64");
        boolean required = "true".equals(System.getenv("CI"));
        assertTrue(hasObjdump() || !required, "required in CI: objdump (Debian: apt install binutils)");
        assumeTrue(hasObjdump(), "needs objdump (Debian: apt install binutils)");
        List<String> tiles = tiles(isa);
        List<String> names = new ArrayList<>(tiles);
        names.add(knownToSpill);
        String printed = run(useAvx, option, names);
        int lanes = isa.equals("512") ? 16 : 8;
        assumeTrue(printed.contains("lanes " + lanes), "this processor has no vectors of " + lanes + " floats");

        Map<String, HotLoop> loops = HotLoop.parse(printed);
        List<String> faults = new ArrayList<>();
        for (String name : tiles) {
            fault(name, loops.get(name), faults);
        }
        assertTrue(faults.isEmpty(), () -> String.join("\n", faults));
        fault(knownToSpill, loops.get(knownToSpill), faults);
        assertTrue(faults.size() == 1 && faults.getFirst().contains("spilled"),
                () -> "the gate sees no spill in a tile with more accumulators than registers: " + faults);
    }

    private static void fault(String name, HotLoop loop, List<String> faults) {
        Matcher shape = TILE.matcher(name);
        assertTrue(shape.matches(), name);
        int rows = Integer.parseInt(shape.group(3));
        int columns = Integer.parseInt(shape.group(4));
        int expected = rows
                * (shape.group(2).matches("Pair|Dot") ? columns : columns / (shape.group(1).equals("2") ? 8 : 16));
        if (loop == null) {
            faults.add(name + ": C2 did not compile it");
        } else if (loop.multiplyAdds() == 0 || loop.multiplyAdds() % expected != 0) {
            faults.add(name + ": " + loop.multiplyAdds() + " multiply-adds in the innermost loop, not a multiple of "
                    + expected);
        } else if (loop.spills() > 0) {
            faults.add(name + ": " + loop.spills() + " spilled registers in the innermost loop");
        } else if (2 * loop.frameIntegers() > 3 * loop.multiplyAdds()) {
            faults.add(name + ": " + loop.frameIntegers() + " integers in memory for " + loop.multiplyAdds()
                    + " multiply-adds in the innermost loop");
        }
    }

    private static List<String> tiles(String isa) throws IOException {
        Path folder = Path.of(System.getProperty("repository.root"),
                "engine/src/main/java/dev/sextant/engine/cpu/simd");
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString().replace(".java", ""))
                    .filter(n -> n.startsWith("Avx" + isa) && TILE.matcher(n).matches()).sorted().toList();
        }
    }

    private static boolean hasObjdump() throws InterruptedException {
        try {
            return new ProcessBuilder("objdump", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String run(int useAvx, String option, List<String> names) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
                "--add-modules=jdk.incubator.vector", "-Xbatch", "-XX:UseAVX=" + useAvx,
                "-XX:Tier4InvocationThreshold=500", "-XX:Tier4MinInvocationThreshold=500",
                "-XX:Tier4CompileThreshold=500", "-XX:Tier4BackEdgeThreshold=100000000",
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:CompileCommand=print," + WarmTiles.class.getPackageName().replace('.', '/') + "/Avx*.multiply",
                "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        if (option != null) {
            command.add(1, option);
        }
        command.add("-Drepository.root=" + System.getProperty("repository.root"));
        command.add(WarmTiles.class.getName());
        command.addAll(names);
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(child.getInputStream().readAllBytes());
    }
}
