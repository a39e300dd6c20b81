package dev.sextant.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.bench.gpu.Finding.Outcome;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

/// What a report makes of numbers, which here are made up.
class GpuReportTest {
    private static Finding timed(String section, String device, String name, String number, double value) {
        return new Finding(section, device, name, Outcome.PASSED, 0.0, 1.0, "", 1, Map.of(number, value), Map.of());
    }

    private static GpuReport report(Finding... findings) {
        return new GpuReport("made up", false, "today", "a GPU", Map.of(), Map.of(), List.of(), List.of(findings));
    }

    @Test
    void everyKernelStandsBesideItsOwnLibrary() throws Exception {
        var report = report(timed(SgemmChecks.SECTION, Gpu.CUDNN, SgemmChecks.CUBLAS, "GFLOP/s at 4096", 20_000),
                timed(SgemmChecks.SECTION, Gpu.CUDNN_TF32, SgemmChecks.CUBLAS_TF32, "GFLOP/s at 4096", 80_000),
                timed(SgemmChecks.SECTION, Gpu.OWN, "sgemm_k7", "GFLOP/s at 4096", 15_000),
                timed(SgemmChecks.SECTION, Gpu.OWN, "sgemm_k8_tf32", "GFLOP/s at 4096", 20_000),
                timed(ConvChecks.SECTION, Gpu.CUDNN, "cuDNN: first", "GFLOP/s forward", 10),
                timed(ConvChecks.SECTION, Gpu.CUDNN, "cuDNN: second", "GFLOP/s forward", 100),
                timed(ConvChecks.SECTION, Gpu.OWN, "direct: second", "GFLOP/s forward", 5));
        assertEquals(List.of("sgemm_k7, share of the library's speed: 75.0 % at 4096",
                "sgemm_k8_tf32, share of the library's speed: 25.0 % at 4096",
                "direct: second, share of the library's speed: 5.0 % forward"), report.shares());
        String html = GpuPage.html(report);
        assertTrue(html.contains("<svg") && html.contains("15000 (75.0 % of the library)"), html);
        assertFalse(html.contains("simulated"), html);
        for (MatchResult picture : Pattern.compile("(?s)<svg.*?</svg>").matcher(html).results().toList()) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(new InputSource(new StringReader(picture.group())));
        }
    }

    @Test
    void nothingPassedIsNotGood() {
        assertFalse(report().isGood());
        assertTrue(report(timed("a", Gpu.OWN, "b", "c", 1)).isGood());
    }
}
