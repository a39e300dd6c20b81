package dev.sextant.kernels.lab;

import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.lab.Budgets.Budget;
import dev.sextant.kernels.sim.SimReport;
import dev.sextant.kernels.sim.SimReport.Site;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A ladder side by side, one row per kernel.
final class LabTable {
    static final String HEADER = "%-44s %8s %8s %7s %7s %9s %9s %9s %9s %6s %8s %8s".formatted("kernel", "fma",
            "KB moved",
            "sec/ld", "sec/st", "flop/byte", "ld.global", "ld.shared", "conflicts", "occup.", "findings", "error");

    private LabTable() {
    }

    static List<String> rows(LabKernel lab, SimReport report, double error) {
        Map<String, Budget> budgets = Budgets.read();
        return report.launches().keySet().stream().map(kernel -> {
            var c = new Counts(report, kernel);
            var budget = budgets.get(kernel);
            double occupancy = Occupancy.a100().share(report.grids().get(kernel).threads(), budget.registers(),
                    budget.sharedBytes());
            return String.format(Locale.ROOT, "%-44s %8d %8.1f %7.2f %7.2f %9.2f %9d %9d %9d %4.0f %% %8d %8.1e",
                    lab.rung() instanceof ConvAlgorithm a ? a.label() + ": " + kernel : kernel, c.fmas(),
                    c.globalBytes() / 1024.0, c.perRequest(false), c.perRequest(true), c.intensity(),
                    c.sum(false, false, Site::requests), c.sum(true, false, Site::requests), c.conflicts(),
                    100 * occupancy, report.findings().values().stream().mapToLong(n -> n).sum(), error);
        }).toList();
    }
}
