package dev.sextant.bench.gpu;

import dev.sextant.bench.gpu.Finding.Outcome;
import dev.sextant.engine.spi.BackendProvider.Link;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// Everything that `gpu-check` found out; its JSON form is a file.
///
/// @param claim    what the numbers are worth
/// @param device   the GPU in one line
/// @param facts    its size and speed
/// @param machine  the computer around it
/// @param links    the chain from the driver to the device
record GpuReport(String claim, boolean simulated, String date, String device, Map<String, Long> facts,
        Map<String, Object> machine,
        List<Link> links, List<Finding> findings) {
    /// First word of the numbers that are speeds of arithmetic.
    static final String SPEED = "GFLOP/s";
    /// What a simulated report says of itself.
    static final String SIMULATED = "simulated: by a simulator on the CPU; no GPU has run anything here, and "
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

    /// A line for each of our kernels that was timed beside a library's: `sgemm_k7: 74.2 % of the library at 4096`.
    List<String> shares() {
        List<String> lines = new ArrayList<>();
        for (Finding f : findings) {
            List<String> shares = new ArrayList<>();
            for (String number : f.device().equals(Gpu.OWN) ? f.numbers().keySet() : List.<String>of()) {
                String share = number.startsWith(SPEED) ? share(f, number) : "";
                if (!share.isEmpty()) {
                    shares.add(share + number.substring(SPEED.length()));
                }
            }
            if (!shares.isEmpty()) {
                lines.add(f.name() + ", share of the library's speed: " + String.join(", ", shares));
            }
        }
        return lines;
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
