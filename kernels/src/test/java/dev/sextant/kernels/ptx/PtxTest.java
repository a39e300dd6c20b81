package dev.sextant.kernels.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// The committed PTX is that of the committed sources. `-Dptx.update=true` writes it anew (needs nvcc).
class PtxTest {
    static final List<String> NAMES = Sources.NAMES;
    private static final List<String> TARGETS = List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90");

    @BeforeAll
    static void update() throws IOException {
        if (Boolean.getBoolean("ptx.update")) {
            for (String name : NAMES) {
                String ptx = PtxBuild.compile(name);
                Files.writeString(PtxBuild.committed(name), ptx);
                // And the build's copy, which later tests of this run load.
                Files.writeString(Path.of(System.getProperty("kernels.basedir"),
                        "target/classes/dev/sextant/kernels/ptx", name + ".ptx"), ptx);
            }
        }
    }

    private static PtxText committed(String name) throws IOException {
        return PtxText.parse(Files.readString(PtxBuild.committed(name)));
    }

    @Test
    void everySourceIsListed() throws IOException {
        try (Stream<Path> files = Files.list(PtxBuild.sources())) {
            assertEquals(Stream.concat(NAMES.stream().map(n -> n + ".cu"), Sources.HEADERS.stream()).sorted().toList(),
                    files.map(p -> p.getFileName().toString()).sorted().toList());
        }
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void belongsToItsSource(String name) throws IOException {
        PtxText ptx = committed(name);
        assertEquals(name + ".cu", ptx.source());
        assertEquals(Sources.hash(name), ptx.hash(), name + ".cu changed: run the tests with -Dptx.update=true");
        assertTrue(ptx.text().contains(".version " + PtxBuild.LABEL + "\n"), "label");
    }

    @ParameterizedTest
    @FieldSource("NAMES")
    void equalsARebuild(String name) throws IOException {
        assumeTrue(PtxBuild.nvccPresent(), "rebuilding " + name + ".ptx needs nvcc");
        String rebuilt = PtxBuild.compile(name);
        String compiler = compilerLine(rebuilt);
        String committed = committed(name).text();
        assumeTrue(compilerLine(committed).equals(compiler), name + ".ptx was made by another nvcc than " + compiler);
        assertEquals(committed, rebuilt);
    }

    private static String compilerLine(String ptx) {
        return ptx.lines().filter(l -> l.contains("Build ID")).findFirst().orElse("");
    }

    /// The simulator computes the tensor-core instruction by itself, so nothing else looks at the text that stands for it
    /// on a device. Its registers must be in the order of `tensor.cuh`, which their places in shared memory and in C tell:
    /// A's second row is 8 further, the other step of k one row of the panel, and D's pairs are neighbours in C.
    @Test
    void tensorCoresGetTheirRegistersInOrder() throws IOException {
        String text = committed("sgemm_k8").text();
        assertEquals(16, Pattern.compile("cvt\\.rna\\.tf32\\.f32 ").matcher(text).results().count());
        Map<String, String> base = new HashMap<>();
        Map<String, Integer> offset = new HashMap<>();
        Pattern.compile("ld\\.shared\\.u32 \t(%r\\d+), \\[(%r\\d+)(?:\\+(\\d+))?]").matcher(text).results()
                .forEach(m -> {
                    base.put(m.group(1), m.group(2));
                    offset.put(m.group(1), m.group(3) == null ? 0 : Integer.parseInt(m.group(3)));
                });
        int rows = 8 * Float.BYTES;
        int step = (128 + 4) * Float.BYTES;
        var instructions = Pattern.compile("mma\\.sync\\.aligned\\.m16n8k8\\.row\\.col\\.f32\\.tf32\\.tf32\\.f32 "
                + "\\{(.*?)}, \\{(.*?)}, \\{(.*?)}, \\{(.*?)};").matcher(text).results().toList();
        assertEquals(16, instructions.size());
        for (var mma : instructions) {
            List<String> a = List.of(mma.group(2).split(", "));
            List<String> b = List.of(mma.group(3).split(", "));
            int a0 = offset.get(a.getFirst());
            int b0 = offset.get(b.getFirst());
            assertEquals(List.of(a0, a0 + rows, a0 + step, a0 + step + rows), a.stream().map(offset::get).toList(),
                    mma.group());
            assertEquals(List.of(b0, b0 + step), b.stream().map(offset::get).toList(), mma.group());
            assertEquals(1, a.stream().map(base::get).distinct().count(), mma.group());
            assertEquals(1, b.stream().map(base::get).distinct().count(), mma.group());
            assertEquals(mma.group(1), mma.group(4), "the sums go on in place");
            String[] d = mma.group(1).split(", ");
            for (int pair = 0; pair < 4; pair += 2) {
                String stored = ", {" + d[pair] + ", " + d[pair + 1] + "};";
                assertTrue(text.contains(stored), () -> mma.group() + " is not stored as " + stored);
            }
        }
    }

    /// The assembler inside JCuda is of CUDA 12.0: older than the compiler, and it refuses what the label does not
    /// allow.
    @ParameterizedTest
    @FieldSource("NAMES")
    void anOlderAssemblerAcceptsIt(String name) throws IOException {
        String text = committed(name).text();
        for (String target : TARGETS.stream().filter(t -> Integer.parseInt(t.substring(3)) >= Sources.capability(name))
                .toList()) {
            assertEquals("", assemble(text, target), name + " for " + target);
        }
    }

    @Test
    void theOlderAssemblerRefusesWhatIsTooNew() throws IOException {
        String text = committed("move").text().replace("\tret;",
                "\tmov.b32 %r1, 0;\n\tszext.wrap.u32 %r1, %r1, 3;\n\tret;");
        assertTrue(assemble(text, "sm_80").contains("szext"), "the label 7.0 must be checked");
    }

    private static String assemble(String ptx, String target) {
        JNvPTXCompiler.setExceptionsEnabled(false);
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
        var handle = new nvPTXCompilerHandle();
        assertEquals(0, JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length - 1, text));
        try {
            if (JNvPTXCompiler.nvPTXCompilerCompile(handle, 1, new String[] {"--gpu-name=" + target}) == 0) {
                return "";
            }
            long[] size = new long[1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size);
            byte[] log = new byte[Math.toIntExact(size[0]) + 1];
            JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
            return new String(Arrays.copyOf(log, log.length - 1), StandardCharsets.UTF_8);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        }
    }
}
