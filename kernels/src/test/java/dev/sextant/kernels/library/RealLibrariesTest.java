package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.PoolKind;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.kernels.ptx.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/// NVIDIA's own libraries, as far as they go without a GPU. Only with the profile `gpu-redist`, in a JVM of its own:
/// one library of a name is loaded per process.
@EnabledIfSystemProperty(named = "sextant.gpu.libdir", matches = ".*redist")
class RealLibrariesTest {
    private static final java.util.List<String> SOURCES = Sources.NAMES;

    @BeforeAll
    static void load() {
        NvidiaLibrary.CUBLAS.load();
        NvidiaLibrary.CUDNN.load();
        NvidiaLibrary.NVRTC.load();
    }

    @Test
    void theVersionsAreThoseThatJcudaWasMadeFor() {
        int[] major = new int[1];
        int[] minor = new int[1];
        assertEquals(90501, JCudnn.cudnnGetVersion());
        assertEquals(0, JNvrtc.nvrtcVersion(major, minor));
        assertEquals("12.6", major[0] + "." + minor[0]);
    }

    @Test
    void withoutAGpuHandlesAreRefusedAndNothingCrashes() {
        assertEquals(1, JCublas2.cublasCreate(new cublasHandle()), "NOT_INITIALIZED");
        int status = JCudnn.cudnnCreate(new cudnnHandle());
        assertTrue(status >= 1000, "status " + status);
        assertTrue(JCudnn.cudnnGetErrorString(status).startsWith("CUDNN_STATUS"), JCudnn.cudnnGetErrorString(status));
    }

    /// `-Dgolden.update=true` records the answers that the double is then held to.
    @Test
    void descriptorsAnswerAsRecorded() throws IOException {
        var answers = DescriptorAnswers.ask();
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(DescriptorsTest.ANSWERS.getParent());
            Files.write(DescriptorsTest.ANSWERS, answers);
        }
        assertEquals(Files.readAllLines(DescriptorsTest.ANSWERS), answers);
    }

    @Test
    void outputExtentsEqualThoseOfTheSpecs() {
        var random = new SplittableRandom(11);
        for (int i = 0; i < 200; i++) {
            int[] x = {1, 2, random.nextInt(9, 230), random.nextInt(9, 230)};
            int[] w = {4, 2, random.nextInt(1, 6), random.nextInt(1, 6)};
            int[] g = {random.nextInt(0, 4), random.nextInt(0, 4), random.nextInt(1, 4), random.nextInt(1, 4),
                random.nextInt(1, 3), random.nextInt(1, 3)};
            var conv = new Conv2dSpec(new Pair(g[2], g[3]), new Pair(g[0], g[1]), new Pair(g[4], g[5]), 1,
                    UnarySpec.IDENTITY);
            assertEquals(expected(conv.outputShape(Shape.of(x), Shape.of(w))),
                    DescriptorAnswers.convolved(x, w, g, 1), conv.toString());
            int[] window = {w[2], w[3]};
            int[] p = {random.nextInt(0, window[0] / 2 + 1), random.nextInt(0, window[1] / 2 + 1), g[2], g[3]};
            var pool = new Pool2dSpec(PoolKind.MAX, new Pair(window[0], window[1]), new Pair(p[2], p[3]),
                    new Pair(p[0], p[1]), Pair.ONE, false, true);
            assertEquals(expected(pool.outputShape(Shape.of(x))), DescriptorAnswers.pooled(x, window, p),
                    pool.toString());
        }
    }

    private static String expected(Shape y) {
        return "0 " + Arrays.toString(y.dims());
    }

    /// The run-time compiler accepts every kernel as it is.
    @ParameterizedTest
    @FieldSource("SOURCES")
    void nvrtcCompilesEveryKernel(String name) {
        var program = new nvrtcProgram();
        String[] headers = Sources.HEADERS.stream().map(Sources::text).toArray(String[]::new);
        String[] names = Sources.HEADERS.toArray(String[]::new);
        assertEquals(0, JNvrtc.nvrtcCreateProgram(program, Sources.text(name + ".cu"), name + ".cu", headers.length,
                headers, names));
        String[] options = {"--gpu-architecture=compute_" + Sources.capability(name), "-fmad=false"};
        int status = JNvrtc.nvrtcCompileProgram(program, options.length, options);
        String[] log = new String[1];
        JNvrtc.nvrtcGetProgramLog(program, log);
        assertEquals(0, status, log[0]);
        String[] ptx = new String[1];
        assertEquals(0, JNvrtc.nvrtcGetPTX(program, ptx));
        assertTrue(ptx[0].contains(".entry"), ptx[0]);
        JNvrtc.nvrtcDestroyProgram(program);
    }

    /// Whatever `target/redist` holds is what the profile promises.
    @Test
    void everythingIsInTheFolder() {
        for (String file : new String[] {"libcublas.so.12", "libcublasLt.so.12", "libcudnn.so.9", "libnvrtc.so.12"}) {
            assertTrue(Files.exists(Path.of(System.getProperty("sextant.gpu.libdir"), file)), file);
        }
    }
}
