package dev.sextant.kernels.lab;

import dev.sextant.kernels.sim.SimReport;
import dev.sextant.kernels.sim.SimReport.Site;
import java.util.function.ToLongFunction;

/// Sums over the memory instructions of one kernel.
record Counts(SimReport report, String kernel) {

    long sum(boolean shared, boolean store, ToLongFunction<Site> of) {
        return report.sites().stream()
                .filter(s -> s.kernel().equals(kernel) && s.shared() == shared && s.store() == store)
                .mapToLong(of).sum();
    }

    long globalBytes() {
        return 32 * (sum(false, false, Site::sectors) + sum(false, true, Site::sectors));
    }

    long conflicts() {
        return report.bankConflicts(kernel);
    }

    long fmas() {
        return report.fmas().getOrDefault(kernel, 0L);
    }

    /// Flops per byte of global memory traffic (no cache is simulated).
    double intensity() {
        return globalBytes() == 0 ? 0 : 2.0 * fmas() / globalBytes();
    }

    double perRequest(boolean store) {
        long requests = sum(false, store, Site::requests);
        return requests == 0 ? 0 : (double) sum(false, store, Site::sectors) / requests;
    }
}
