package dev.sextant.kernels.sim;

import dev.sextant.kernels.ptx.PtxText;
import dev.sextant.kernels.ptx.Sources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the line of source that an instruction of a traced kernel came from, with binutils' addr2line; without it, the
/// offset stands for the line.
public final class SourceLines {
    private final Path libraries;
    private final Map<String, String> known = new HashMap<>();

    /// @param libraries folder of the compiled kernels
    public SourceLines(Path libraries) {
        this.libraries = libraries;
    }

    /// `file.cu:line` of the instruction before a return address.
    public String of(String kernel, long offset) {
        return known.computeIfAbsent(kernel + offset, k -> find(kernel, offset));
    }

    private String find(String kernel, long offset) {
        String unknown = "+0x" + Long.toHexString(offset);
        String source = Sources.NAMES.stream().filter(n -> PtxText.of(n).entries().containsKey(kernel)).findFirst()
                .orElse(null);
        if (source == null) {
            return unknown;
        }
        try {
            var process = new ProcessBuilder(List.of("addr2line", "-e",
                    libraries.resolve(source + ".traced.so").toString(), "0x" + Long.toHexString(offset - 1)))
                    .redirectErrorStream(true).start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 && !answer.startsWith("?") ? answer.substring(answer.lastIndexOf('/') + 1)
                    .replaceFirst(" \\(discriminator \\d+\\)", "") : unknown;
        } catch (IOException e) {
            return unknown;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown;
        }
    }
}
