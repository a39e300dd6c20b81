package dev.sextant.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the shipped PTX becomes on real devices, as NVIDIA's assembler says: nothing is spilled, and registers and
/// shared memory stay within `budgets.tsv`, on every supported architecture. `-Dptx.update=true` writes the budgets
/// anew; look at the difference before committing it.
class CompiledBudgetTest {
    private static final List<String> TARGETS = List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100",
            "sm_120");
    private static final Pattern RESOURCES = Pattern.compile("Compiling entry function '(\\w+)' for '\\w+'.*?"
            + "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads.*?"
            + "Used (\\d+) registers(?:[^\\n]*?(\\d+) bytes smem)?", Pattern.DOTALL);

    @TempDir
    static Path scratch;

    private record Use(int registers, int sharedBytes) {
    }

    @BeforeEach
    void needsTheAssembler() {
        boolean present;
        try {
            PtxBuild.run(List.of("ptxas", "--version"));
            present = true;
        } catch (IOException e) {
            present = false;
        }
        assumeTrue(present, "the budgets of the kernels are checked where ptxas (CUDA 13) is installed");
    }

    private static List<String> targetsOf(String name) {
        return TARGETS.stream().filter(t -> Integer.parseInt(t.substring(3)) >= Sources.capability(name)).toList();
    }

    private static Path budgets() {
        return Path.of(System.getProperty("kernels.basedir"),
                "src/main/resources/dev/sextant/kernels/ptx/budgets.tsv");
    }

    @Test
    void nothingIsSpilledAndBudgetsHold() throws IOException {
        Map<String, Use> worst = new TreeMap<>();
        for (String name : Sources.NAMES) {
            int kernels = PtxText.of(name).entries().size();
            for (String target : targetsOf(name)) {
                var uses = RESOURCES.matcher(assemble(name, target)).results().toList();
                assertEquals(kernels, uses.size(), name + " for " + target);
                for (var use : uses) {
                    String kernel = use.group(1) + " on " + target;
                    assertEquals("0 0 0", use.group(2) + " " + use.group(3) + " " + use.group(4),
                            kernel + " uses the stack or spills registers");
                    int shared = use.group(6) == null ? 0 : Integer.parseInt(use.group(6));
                    worst.merge(use.group(1), new Use(Integer.parseInt(use.group(5)), shared), (a, b) -> new Use(
                            Math.max(a.registers, b.registers), Math.max(a.sharedBytes, b.sharedBytes)));
                }
            }
        }
        if (Boolean.getBoolean("ptx.update")) {
            var lines = new StringBuilder("# kernel, most registers per thread, shared bytes per block: over "
                    + String.join(" ", TARGETS) + "\n");
            worst.forEach((k, u) -> lines.append(k).append('\t').append(u.registers).append('\t').append(u.sharedBytes)
                    .append('\n'));
            Files.writeString(budgets(), lines.toString());
        }
        Map<String, Use> allowed = read();
        assertEquals(allowed.keySet(), worst.keySet());
        worst.forEach((kernel, use) -> assertTrue(use.registers <= allowed.get(kernel).registers
                && use.sharedBytes <= allowed.get(kernel).sharedBytes,
                () -> kernel + " uses " + use + ", its budget is " + allowed.get(kernel)));
    }

    private static Map<String, Use> read() throws IOException {
        Map<String, Use> budgets = new TreeMap<>();
        for (String line : Files.readAllLines(budgets())) {
            if (!line.startsWith("#")) {
                String[] f = line.split("\t");
                budgets.put(f[0], new Use(Integer.parseInt(f[1]), Integer.parseInt(f[2])));
            }
        }
        return budgets;
    }

    private static String assemble(String name, String target) throws IOException {
        return PtxBuild.run(List.of("ptxas", "-v", "-arch=" + target, PtxBuild.committed(name).toString(), "-o",
                scratch.resolve(name + "." + target).toString()));
    }

    /// The arithmetic that the source promises is in the machine code, with the access widths that it promises:
    /// per step of k a rung does `rows × columns` multiply-adds on `rows + columns` values.
    @Test
    void theMachineCodeIsWhatTheSourceSays() throws IOException {
        for (String target : List.of("sm_75", "sm_80", "sm_90")) {
            expect("sgemm_k2", "sgemm_k2", target, 8, "LDS");
            expect("sgemm_k4", "sgemm_k4", target, 16 * 16, "LDS");
            expect("sgemm_k5", "sgemm_k5", target, 8 * 64, "LDS.128", "STS.128", "LDG.128", "STG.128");
            expect("sgemm_k6", "sgemm_k6_32x128", target, 8 * 32, "LDS.128", "LDG.128");
            expect("sgemm_k7", "sgemm_k7", target, 8 * 64, "LDS.128", "STS.128", "LDG.128", "STG.128");
            expect("conv_implicit", "conv_implicit_forward", target, 8 * 32, "LDS.128");
            expect("conv_implicit", "conv_implicit_backward_filter_32", target, 8 * 32, "LDS.128");
        }
    }

    /// The tensor-core rung: 4×4 instructions per step of 8, and no multiply-add beside them.
    @Test
    void theTensorCoreRungUsesTensorCores() throws IOException {
        for (String target : List.of("sm_80", "sm_86", "sm_90")) {
            assemble("sgemm_k8", target);
            var counts = Sass.histogram(Elf.read(scratch.resolve("sgemm_k8." + target)), "sgemm_k8_tf32");
            assertEquals(16, counts.get("HMMA"), target + ": " + counts);
            assertEquals(0, counts.getOrDefault("FFMA", 0), target + ": " + counts);
            assertTrue(counts.containsKey("LDG.128") && counts.containsKey("STG.64"), target + ": " + counts);
        }
    }

    private static void expect(String source, String kernel, String target, int multiplyAdds, String... accesses)
            throws IOException {
        assemble(source, target);
        Map<String, Integer> counts = Sass.histogram(Elf.read(scratch.resolve(source + "." + target)), kernel);
        String what = kernel + " on " + target + ": " + counts;
        assertEquals(0, counts.getOrDefault("LDL", 0) + counts.getOrDefault("STL", 0), what);
        assertEquals(multiplyAdds, counts.get("FFMA"), what);
        for (String access : accesses) {
            assertTrue(counts.getOrDefault(access, 0) > 0, access + " expected in " + what);
        }
    }
}
