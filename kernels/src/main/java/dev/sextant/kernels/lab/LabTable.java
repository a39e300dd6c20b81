package dev.sextant.kernels.lab;

import dev.sextant.kernels.sim.SimReport;
import dev.sextant.kernels.sim.SimReport.Site;
import java.util.List;
import java.util.Locale;

/// A ladder side by side, one row per kernel.
final class LabTable {
    static final String HEADER = "%-42s %10s %10s %8s %8s %9s %10s %9s %8s %9s".formatted("kernel", "fma", "KB moved",
            "sec/ld", "sec/st", "flop/byte", "ld.shared", "conflicts", "findings", "error");

    private LabTable() {
    }

    static List<String> rows(LabKernel lab, SimReport report, double error) {
        return report.launches().keySet().stream().map(kernel -> {
            var c = new Counts(report, kernel);
            return String.format(Locale.ROOT, "%-42s %10d %10.1f %8.2f %8.2f %9.2f %10d %9d %8d %9.1e",
                    lab.isGemm() ? kernel : lab.name() + ": " + kernel, c.fmas(),
                    c.globalBytes() / 1024.0, c.perRequest(false), c.perRequest(true), c.intensity(),
                    c.sum(true, false, Site::requests), c.conflicts(),
                    report.findings().values().stream().mapToLong(n -> n).sum(), error);
        }).toList();
    }
}
