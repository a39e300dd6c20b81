package dev.sextant.kernels.ptx;

import dev.sextant.engine.error.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PTX of one `.cu` file: the text for the driver, the hash of the source it was made from, and its kernels with the
/// sizes of their parameters in bytes.
///
/// @param source  the file's name, for example `move.cu`
/// @param hash    SHA-256 of the source, see [Sources#hash]
/// @param capability least compute capability, times ten, of a device that runs it
/// @param entries parameter sizes by kernel
public record PtxText(String source, String hash, int capability, String text, Map<String, int[]> entries) {
    private static final Pattern STAMP = Pattern.compile("// sextant source (\\S+) sha256 (\\p{XDigit}{64})");
    private static final Pattern TARGET = Pattern.compile("\\.target sm_(\\d+)");
    private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(([^)]*)\\)");
    private static final Pattern INSTRUCTION = Pattern
            .compile("^\\s+(?:@!?%p\\d+\\s+)?([a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*)\\s");
    private static final Pattern PARAMETER = Pattern
            .compile("\\.param(?: \\.align \\d+)? \\.(?:[a-z])(\\d+) \\w+(?:\\[(\\d+)])?");

    /// The PTX of `name` (without `.cu`) from the jar.
    public static PtxText of(String name) {
        try (var in = PtxText.class.getResourceAsStream(name + ".ptx")) {
            if (in == null) {
                throw new DeviceException("cuda: the kernels of %s.cu are not in the jar; build the module kernels",
                        name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new DeviceException(e, "cuda: the kernels of %s.cu cannot be read from the jar", name);
        }
    }

    /// Reads stamp and entry points.
    public static PtxText parse(String text) {
        Matcher stamp = STAMP.matcher(text);
        if (!stamp.find()) {
            throw new DeviceException("cuda: this PTX does not say which source it was made from");
        }
        Map<String, int[]> entries = new LinkedHashMap<>();
        Matcher entry = ENTRY.matcher(text);
        while (entry.find()) {
            entries.put(entry.group(1), PARAMETER.matcher(entry.group(2)).results()
                    .mapToInt(m -> Integer.parseInt(m.group(1)) / 8 * (m.group(2) == null ? 1
                            : Integer.parseInt(m.group(2))))
                    .toArray());
        }
        Matcher target = TARGET.matcher(text);
        return new PtxText(stamp.group(1), stamp.group(2), target.find() ? Integer.parseInt(target.group(1)) : 0, text,
                entries);
    }

    /// How often each instruction stands in a kernel's text, by operation, for example `fma.rn.f32`; loads and stores
    /// with their memory and width, for example `ld.shared.v4.f32`. Unrolled loops count every copy.
    public Map<String, Integer> instructions(String kernel) {
        int begin = text.indexOf('{', text.indexOf(".entry " + kernel + "("));
        int end = text.indexOf("\n}", begin);
        Map<String, Integer> counts = new TreeMap<>();
        text.substring(begin, end).lines().map(INSTRUCTION::matcher).filter(Matcher::find)
                .forEach(m -> counts.merge(m.group(1), 1, Integer::sum));
        return counts;
    }
}
