package dev.sextant.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.spi.BackendProvider.Link;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.lab.GpuLab;
import dev.sextant.kernels.lab.Occupancy;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `gpu-lab` and the GPU part of `doctor`, over the simulator.
class LabTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private GpuLab lab() {
        SimulatedDevice.fresh();
        return new GpuLab(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @AfterEach
    void bestAgain() {
        if (!bytes.toString(StandardCharsets.UTF_8).isEmpty()) {
            var backend = (CudaBackend) SimulatedDevice.fresh().backend();
            backend.useSgemm(null);
            backend.useConvolution(null);
        }
    }

    @OnSimulator
    @Test
    void describesOneKernelAndEveryLineSaysThatItIsSimulated() {
        lab().run("sgemm_k1", "40x70x8", null);
        assertTrue(lines().stream().allMatch(l -> l.startsWith("simulated")), () -> lines().toString());
        assertTrue(lines().stream().anyMatch(l -> l.contains("grid (3, 5, 1), block 256")), () -> lines().toString());
        assertTrue(lines().stream().anyMatch(l -> l.contains("multiply-adds          22400")),
                () -> lines().toString());
        assertTrue(lines().stream().anyMatch(l -> l.contains("no race")), () -> lines().toString());
    }

    @OnSimulator
    @Test
    void followsOneThread() {
        lab().run("sgemm_k0", "4x4x3", "0,0,2,0");
        List<String> steps = lines().stream().filter(l -> l.contains("fma   ")).toList();
        assertEquals(3, steps.size(), () -> lines().toString());
        assertTrue(steps.getFirst().contains("sgemm_k0.cu:"), steps.getFirst());
        // What is stored at the end is the sum of the last multiply-add.
        String store = lines().stream().filter(l -> l.contains("store global")).toList().getLast();
        assertEquals(steps.getLast().substring(steps.getLast().indexOf('=') + 1),
                store.substring(store.lastIndexOf(' ') + 1));
    }

    /// Each step is of its own kernel's source, and every kernel has its grid and its occupancy.
    @OnSimulator
    @Test
    void followsOneThreadThroughSeveralKernels() {
        lab().run("conv_im2col", "1x2x6x6x3x3x1x1", "0,0,1,0");
        assertTrue(lines().stream().anyMatch(l -> l.contains("conv_im2col.cu:")), () -> lines().toString());
        assertTrue(lines().stream().anyMatch(l -> l.contains("panel.cuh:")), () -> lines().toString());
        assertEquals(2, lines().stream().filter(l -> l.contains("grid (")).count());
        assertEquals(2, lines().stream().filter(l -> l.contains("occupancy bound") && l.contains("sm_120")).count());
    }

    @OnSimulator
    @Test
    void setsTheRungsSideBySide() {
        lab().run("sgemm", "32x32x8", null);
        assertEquals(1 + SgemmRung.values().length, lines().size(), () -> lines().toString());
        lab().run("conv", "1x2x6x6x3x3x1x1", null);
        for (String gradient : List.of("data", "filter")) {
            lab().run("conv_backward_" + gradient, "1x2x6x6x3x3x1x1", null);
            lab().run("conv_direct_backward_" + gradient, null, null);
        }
        for (String kernel : List.of("winograd: winograd_output", "im2col: col2im",
                "implicit-gemm: conv_implicit_backward_filter",
                "conv_direct_backward_filter, launched")) {
            assertTrue(lines().stream().anyMatch(l -> l.contains(kernel)), () -> kernel + " in " + lines());
        }
    }

    @OnSimulator
    @Test
    void refusesWhatItDoesNotKnow() {
        var lab = lab();
        assertTrue(assertThrows(SextantException.class, () -> lab.run("sgemm_k99", null, null)).getMessage()
                .contains("sgemm_k0"));
        for (String[] wrong : new String[][] {{"sgemm_k0", "8x8", null, "MxNxK"}, {"sgemm_k0", "8x0x8", null, "MxNxK"},
            {"conv_direct", "1x2x3x4", null, "NxCxHxWxKxR"}, {"sgemm_k0", null, "0,0,1", "bx,by,tx,ty"},
            {"sgemm_k0", null, "0,0,-1,0", "bx,by,tx,ty"}, {"sgemm", null, "0,0,1,0", "one kernel"},
            {"conv_winograd", "1x2x8x8x3x5", null, "3×3"}, {"sgemm_k0", "90000x90000x90000", null, "smaller shape"},
            {"conv_direct", "1x1x2x2x1x5", null, "does not fit"}}) {
            String message = assertThrows(SextantException.class, () -> lab.run(wrong[0], wrong[1], wrong[2]))
                    .getMessage();
            assertTrue(message.contains(wrong[3]), message);
        }
        lab.run("sgemm_k0", "8x8x8", "0,0,900,0");
        assertTrue(lines().getLast().contains("thread 0,0,900,0 does nothing here"), lines().getLast());
    }

    @OnSimulator
    @Test
    void theDoctorNamesEveryLink() {
        SimulatedDevice.fresh();
        var links = new CudaBackendProvider().links();
        assertEquals(List.of("NVIDIA driver", "GPU", "JCuda natives", "device 'cuda'", "cuBLAS", "cuDNN", "NVRTC"),
                links.stream().map(Link::name).toList());
        assertTrue(links.subList(0, 4).stream().allMatch(Link::ok), links::toString);
        assertTrue(links.stream().filter(l -> !l.ok()).allMatch(l -> !l.fix().isBlank()), links::toString);
    }

    /// Worked by hand: 128 registers and 256 threads are half of an sm_80's 65 536 registers per two blocks.
    @Test
    void occupancyFollowsTheTightestLimit() {
        Occupancy a100 = Occupancy.devices().get(1);
        assertEquals(2, a100.blocksOf(256, 128, 0));
        assertEquals(0.25, a100.share(256, 128, 0));
        assertEquals(8, a100.blocksOf(256, 32, 0));
        assertEquals(32, a100.blocksOf(32, 16, 0));
        assertEquals(3, a100.blocksOf(64, 16, 48 << 10));
    }
}
