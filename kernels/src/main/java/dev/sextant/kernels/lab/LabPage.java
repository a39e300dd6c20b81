package dev.sextant.kernels.lab;

import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.lab.Budgets.Budget;
import dev.sextant.kernels.ptx.PtxText;
import dev.sextant.kernels.ptx.Sources;
import dev.sextant.kernels.sim.SimReport;
import dev.sextant.kernels.sim.SimReport.Site;
import dev.sextant.kernels.sim.SourceLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Everything about one kernel's run.
final class LabPage {
    // NVIDIA A100 40 GB, published figures: FP32 without tensor cores, TF32 with them, and HBM2.
    private static final double PEAK_GFLOPS = 19_500;
    private static final double PEAK_TF32_GFLOPS = 156_000;
    private static final double PEAK_GBS = 1_555;

    private final SourceLines lines;
    private final SimReport report;
    private final List<String> page = new ArrayList<>();

    LabPage(Path libraries, SimReport report) {
        this.lines = new SourceLines(libraries);
        this.report = report;
    }

    private void say(String format, Object... args) {
        page.add(String.format(Locale.ROOT, format, args));
    }

    /// @param thread that was to be followed, or null
    List<String> lines(LabKernel lab, int[] shape, String thread, double error) {
        say("%s, shape %s = %s", lab.name(), lab.shapeForm(), LabKernel.join(shape));
        say("largest difference from the oracle: %.2g of the largest result", error);
        Map<String, Budget> budgets = Budgets.read();
        for (String kernel : report.launches().keySet()) {
            kernel(lab, kernel, budgets.get(kernel));
        }
        if (report.findings().isEmpty()) {
            say("no race, no access out of bounds, nothing uninitialised read, every barrier met");
        }
        report.findings().forEach((kind, count) -> say("FOUND %s: %d", kind, count));
        report.texts().forEach(text -> say("  %s", text));
        if (thread != null) {
            steps(thread);
        }
        return page;
    }

    private void kernel(LabKernel lab, String kernel, Budget budget) {
        say("");
        say("%s, launched %d time(s)", kernel, report.launches().get(kernel));
        var grid = report.grids().get(kernel);
        say("  grid (%d, %d, %d), block %d, %d blocks", grid.x(), grid.y(), grid.z(), grid.threads(), grid.blocks());
        if (budget != null) {
            occupancy(grid.threads(), budget);
        }
        var c = new Counts(report, kernel);
        say("  multiply-adds          %d", c.fmas());
        memory("global loads ", c, false);
        memory("global stores", c, true);
        say("  shared loads           %d requests, %d wavefronts", c.sum(true, false, Site::requests),
                c.sum(true, false, Site::wavefronts));
        say("  shared stores          %d requests, %d wavefronts; bank conflicts in all: %d",
                c.sum(true, true, Site::requests), c.sum(true, true, Site::wavefronts), c.conflicts());
        double peak = lab.rung() instanceof SgemmRung rung && !rung.isFloat32() ? PEAK_TF32_GFLOPS : PEAK_GFLOPS;
        double bound = Math.min(peak, c.intensity() * PEAK_GBS);
        say("  arithmetic intensity   %.2f flop per byte moved (no cache simulated)", c.intensity());
        say("  roofline               at most %.0f GFLOP/s on an A100 by its published figures (%.0f GFLOP/s, %.0f "
                + "GB/s): bound by %s", bound, peak, PEAK_GBS, bound < peak ? "memory" : "arithmetic");
        instructions(kernel);
    }

    private void occupancy(int threads, Budget budget) {
        var text = new StringBuilder();
        for (Occupancy device : Occupancy.devices()) {
            text.append(String.format(Locale.ROOT, "  %s %.0f %%", device.architecture(),
                    100 * device.share(threads, budget.registers(), budget.sharedBytes())));
        }
        say("  occupancy bound      %s   (%d registers per thread, %d bytes shared per block)", text,
                budget.registers(), budget.sharedBytes());
    }

    private void memory(String what, Counts c, boolean store) {
        say("  %s          %d requests, %d sectors of 32 bytes, %.2f per request (dense data would need %.2f)", what,
                c.sum(false, store, Site::requests), c.sum(false, store, Site::sectors), c.perRequest(store),
                c.sum(false, store, Site::requests) == 0 ? 0.0
                        : (double) c.sum(false, store, Site::idealSectors) / c.sum(false, store, Site::requests));
    }

    private void instructions(String kernel) {
        Sources.NAMES.stream().map(PtxText::of).filter(p -> p.entries().containsKey(kernel)).findFirst()
                .ifPresent(p -> say("  in the PTX text        %s", kinds(p.instructions(kernel))));
        say("  by instruction:");
        for (Site s : report.sites()) {
            if (s.kernel().equals(kernel)) {
                say("    %-28s %-5s %-6s %2d bytes %8d requests %s", lines.of(kernel, s.offset()),
                        s.store() ? "store" : "load", s.shared() ? "shared" : "global", s.bytesPerLane(), s.requests(),
                        s.shared() ? s.wavefronts() + " wavefronts (" + s.idealWavefronts() + " without conflicts)"
                                : s.sectors() + " sectors (" + s.idealSectors() + " if dense)");
            }
        }
    }

    private static String kinds(Map<String, Integer> instructions) {
        Map<String, Integer> kinds = new TreeMap<>();
        instructions.forEach((name, count) -> kinds.merge(kind(name), count, Integer::sum));
        return kinds.entrySet().stream().map(e -> e.getValue() + " " + e.getKey())
                .reduce((a, b) -> a + ", " + b).orElse("nothing");
    }

    private static String kind(String name) {
        if (name.startsWith("ld.") || name.startsWith("st.")) {
            return name.replaceFirst("\\.(f32|u32|u64|b32)$", "");
        }
        return name.startsWith("fma") ? "fma"
                : name.startsWith("mma") ? "tensor core"
                        : name.startsWith("bar") ? "barrier"
                                : name.startsWith("bra") ? "branch"
                                        : name.endsWith("f32") ? "other float" : "integer and other";
    }

    private void steps(String thread) {
        say("");
        say(report.steps().isEmpty()
                ? "thread %s does nothing here, or is none: blocks and threads are counted from 0, "
                        + "see the grid above"
                : "thread %s (bx,by,tx,ty), step by step:", thread);
        for (String step : report.steps()) {
            String[] f = step.split(" ", 5);
            int plus = f[3].indexOf('+');
            String place = plus < 0 ? f[3] : lines.of(f[3].substring(0, plus), Long.decode(f[3].substring(plus + 1)));
            say("    %-28s %-5s %-6s %s", place, f[0], f[1].equals("-") ? "" : f[1], f.length > 4 ? f[4] : "");
        }
    }
}
