package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.kernels.ptx.PtxText;
import dev.sextant.kernels.ptx.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Nothing that the backend can compute is left out of `gpu-check`, and what is wrong does not pass.
class CoverageTest {
    /// TF32 is wrong by what strict float32 allows.
    @Test
    void aDeviceThatRoundsMoreFails() {
        GpuCheckTest.needSimulator();
        List<Check> checks = new ContractChecks(new Gpu(true), 4).on(Gpu.CUDNN_TF32);
        for (String name : List.of("Gemm.matmul", "Conv.gradientOfTheFilter")) {
            Finding f = checks.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow().run();
            assertEquals(Finding.Outcome.FAILED, f.outcome(), name);
            assertTrue(f.error() > f.allowed() && f.message().contains("the oracle has"), f.message());
        }
    }

    /// A part of what a GPU is asked, as large as the simulator can do: every kernel of every `.cu` file is launched, and
    /// right.
    @Test
    void everyKernelIsChecked() {
        GpuCheckTest.needSimulator();
        var gpu = new Gpu(true);
        List<Check> checks = new ArrayList<>(new CheckList.Standard().checks(gpu, true));
        // Each of their cases has a kernel of its own.
        List<String> whole = List.of("Optimizer.updates", "Loss.elementLosses", "Reduce.reductions");
        checks.removeIf(c -> whole.contains(c.name()));
        new ContractChecks(gpu, Integer.MAX_VALUE).on(Gpu.OWN).stream().filter(c -> whole.contains(c.name()))
                .forEach(checks::add);
        // Fused operations are compositions of the others here.
        checks.removeIf(c -> !c.device().equals(Gpu.OWN) || c.section().equals(NetworkChecks.TRAINING)
                || c.name().startsWith("Fused."));
        List<String> bad = new ArrayList<>();
        for (Check check : checks) {
            Finding f = check.run();
            if (f.outcome() != Finding.Outcome.PASSED) {
                bad.add(f.name() + ": " + f.message());
            }
        }
        assertEquals(List.of(), bad);
        Set<String> missing = new TreeSet<>();
        Sources.NAMES.forEach(name -> missing.addAll(PtxText.of(name).entries().keySet()));
        missing.removeAll(gpu.simulator().report().launches().keySet());
        assertEquals(Set.of(), missing, "kernels that no check has launched");
    }
}
