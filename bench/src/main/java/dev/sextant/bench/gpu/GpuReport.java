package dev.sextant.bench.gpu;

import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.engine.spi.BackendProvider.Link;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// Everything that `gpu-check` found out; its JSON form is a file.
///
/// @param claim    what the numbers are worth
/// @param device   the GPU in one line
/// @param machine  the computer around it
/// @param links    the chain from the driver to the device
record GpuReport(String claim, boolean simulated, String date, String device, Map<String, Object> machine,
        List<Link> links, List<Finding> findings) {
    /// What a simulated report says of itself.
    static final String SIMULATED = "simulated: computed by a simulator on the CPU; no GPU has run anything here, and "
            + "no time means anything";
    /// What a real report says of itself.
    static final String REAL = "measured on this GPU; every kernel was compared with the CPU's oracle before it was "
            + "timed";

    long count(Outcome outcome) {
        return findings.stream().filter(f -> f.outcome() == outcome).count();
    }

    boolean isGood() {
        return findings.stream().noneMatch(f -> f.outcome().isBad()) && count(Outcome.PASSED) > 0;
    }

    /// The findings of a section in order.
    List<Finding> in(String section) {
        return findings.stream().filter(f -> f.section().equals(section)).toList();
    }

    /// A number of the first finding that fits; null where there is none.
    Double number(String section, Predicate<Finding> which, String number) {
        return in(section).stream().filter(which).map(f -> f.numbers().get(number)).filter(n -> n != null).findFirst()
                .orElse(null);
    }

    /// What the library does in the place of one of our kernels: `31 %` of it, or nothing if it was not measured.
    String share(Finding finding, String number) {
        Double mine = finding.numbers().get(number);
        Double theirs = number(finding.section(), f -> f.name().equals(rival(finding)), number);
        return mine == null || theirs == null ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * mine / theirs);
    }

    private static String rival(Finding finding) {
        if (finding.section().equals(ConvChecks.SECTION)) {
            return ConvChecks.CUDNN + finding.name().substring(finding.name().indexOf(':'));
        }
        return finding.name().contains("tf32") || finding.name().equals(SgemmChecks.CUBLAS_TF32)
                ? SgemmChecks.CUBLAS_TF32
                : SgemmChecks.CUBLAS;
    }
}
