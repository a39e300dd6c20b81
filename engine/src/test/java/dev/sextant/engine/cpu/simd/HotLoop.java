package dev.sextant.engine.cpu.simd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The innermost loop with multiply-adds of a compiled method, read from what `-XX:CompileCommand=print` prints (bytes in
/// hexadecimal, as no disassembler comes with a JDK) by way of `objdump`.
///
/// @param multiplyAdds  of whole vectors
/// @param spills        vectors in the method's frame: chains through memory
/// @param frameIntegers integers in the frame: counters and parameters that found no register, off the long chains
record HotLoop(int instructions, int multiplyAdds, int spills, int frameIntegers) {
    private static final Pattern METHOD = Pattern.compile("\\(c2\\)[^%\\n]*?(\\w+)::multiply");
    private static final Pattern BYTES = Pattern.compile("(?m)^ *0x[0-9a-f]+: ([0-9a-f| ]+)$");
    private static final Pattern INSTRUCTION = Pattern.compile("(?m)^ *([0-9a-f]+):\\s+(.+)$");
    private static final Pattern JUMP = Pattern.compile("j\\w+ +0x([0-9a-f]+)");

    private static final String SPILL = "v.*\\[rsp.*";
    private static final String FRAME_INTEGER = "[^v].*\\[rsp.*";

    private record Instruction(long at, String text) {
    }

    /// The loops of all methods called `multiply` that C2 compiled, by class; the last compilation counts.
    static Map<String, HotLoop> parse(String printed) throws IOException, InterruptedException {
        Map<String, HotLoop> loops = new TreeMap<>();
        for (String compiled : printed.split("Compiled method ")) {
            Matcher method = METHOD.matcher(compiled);
            int code = compiled.indexOf("[MachCode]");
            if (method.lookingAt() && code >= 0) {
                loops.put(method.group(1), of(disassemble(compiled.substring(code))));
            }
        }
        return loops;
    }

    private static List<Instruction> disassemble(String machineCode) throws IOException, InterruptedException {
        var bytes = new ByteArrayOutputStream();
        Matcher lines = BYTES.matcher(machineCode);
        while (lines.find()) {
            bytes.write(HexFormat.of().parseHex(lines.group(1).replaceAll("[| ]", "")));
        }
        Path file = Files.createTempFile("sextant", ".bin");
        try {
            Files.write(file, bytes.toByteArray());
            var objdump = new ProcessBuilder("objdump", "-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel",
                    "--no-show-raw-insn", file.toString()).redirectErrorStream(true).start();
            String text = new String(objdump.getInputStream().readAllBytes());
            objdump.waitFor();
            List<Instruction> instructions = new ArrayList<>();
            Matcher matcher = INSTRUCTION.matcher(text);
            while (matcher.find()) {
                instructions.add(new Instruction(Long.parseLong(matcher.group(1), 16), matcher.group(2)));
            }
            return instructions;
        } finally {
            Files.delete(file);
        }
    }

    /// Of all loops (a jump back, and what it jumps over) the one with the fewest instructions per multiply-add: C2
    /// puts loops with range checks before and after the main one, and they run for a step or two only.
    private static HotLoop of(List<Instruction> code) {
        HotLoop best = new HotLoop(code.size(), 0, 0, 0);
        for (Instruction last : code) {
            Matcher jump = JUMP.matcher(last.text());
            long first = jump.lookingAt() ? Long.parseUnsignedLong(jump.group(1), 16) : -1;
            if (first < 0 || first >= last.at()) {
                continue;
            }
            List<String> body = code.stream().filter(i -> i.at() >= first && i.at() <= last.at()).map(Instruction::text)
                    .toList();
            var loop = new HotLoop(body.size(), count(body, "vfmadd.*"), count(body, SPILL),
                    count(body, FRAME_INTEGER));
            if (loop.multiplyAdds > 0 && loop.cost() < best.cost()) {
                best = loop;
            }
        }
        return best;
    }

    private static int count(List<String> body, String pattern) {
        return (int) body.stream().filter(i -> i.matches(pattern)).count();
    }

    private double cost() {
        return multiplyAdds == 0 ? Double.POSITIVE_INFINITY : (double) instructions / multiplyAdds;
    }
}
