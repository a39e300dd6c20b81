package dev.sextant.kernels.ptx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Makes the committed PTX from the sources with nvcc.
///
/// nvcc 13 labels its PTX 9.0, which drivers before 580 refuse. The kernels use nothing newer than PTX 7.0, so the text
/// is relabelled; that this is true is proved by assembling it with an older assembler. Multiplication and addition
/// are not fused behind our back (`-fmad=false`): where a fused operation is meant, the source says `fmaf`.
final class PtxBuild {
    static final String LABEL = "7.0";

    private static final Pattern VERSION = Pattern.compile("^\\.version \\S+$", Pattern.MULTILINE);

    private PtxBuild() {
    }

    static Path sources() {
        return Path.of(System.getProperty("kernels.basedir"), "src/main/cuda");
    }

    static Path committed(String name) {
        return Path.of(System.getProperty("kernels.basedir"), "src/main/resources/dev/sextant/kernels/ptx",
                name + ".ptx");
    }

    static boolean nvccPresent() {
        try {
            run(List.of("nvcc", "--version"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// The relabelled, stamped PTX of one source.
    static String compile(String name) throws IOException {
        Path out = Files.createTempFile("sextant", ".ptx");
        try {
            run(List.of("nvcc", "-ptx", "-arch=compute_" + Sources.capability(name), "-std=c++17", "-fmad=false",
                    sources().resolve(name + ".cu").toString(), "-o", out.toString()));
            return "// sextant source %s.cu sha256 %s%n".formatted(name, Sources.hash(name))
                    + VERSION.matcher(Files.readString(out)).replaceFirst(".version " + LABEL);
        } finally {
            Files.delete(out);
        }
    }

    static String run(List<String> command) throws IOException {
        var process = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed:\n" + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return output;
    }
}
