package dev.sextant.kernels.ptx;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/// Counts the machine instructions of one kernel in a cubin of sm_75 or newer: 16 bytes each, the operation in bits
/// 0–11, the width of a memory access in bits 73–75.
final class Sass {
    private static final int BYTES = 16;
    private static final Map<Integer, String> NAMES = Map.ofEntries(Map.entry(0x223, "FFMA"), Map.entry(0x221, "FADD"),
            Map.entry(0x381, "LDG"), Map.entry(0x981, "LDG"), Map.entry(0x386, "STG"), Map.entry(0x986, "STG"),
            Map.entry(0x984, "LDS"), Map.entry(0x388, "STS"), Map.entry(0x983, "LDL"), Map.entry(0x387, "STL"),
            Map.entry(0xb1d, "BAR"), Map.entry(0x23c, "HMMA"));

    private Sass() {
    }

    /// Counts by name; memory accesses of more than 32 bits with their width, for example `LDS.128`.
    static Map<String, Integer> histogram(Elf cubin, String kernel) {
        var counts = new TreeMap<String, Integer>();
        for (Elf.Section section : cubin.sections()) {
            if (section.name().equals(".text." + kernel)) {
                ByteBuffer code = section.bytes();
                for (int at = 0; at + BYTES <= code.limit(); at += BYTES) {
                    count(code.getLong(at), code.getLong(at + 8), counts);
                }
            }
        }
        return counts;
    }

    private static void count(long low, long high, Map<String, Integer> counts) {
        String name = NAMES.get((int) (low & 0xfff));
        if (name == null) {
            return;
        }
        if (name.startsWith("LD") || name.startsWith("ST")) {
            name += switch ((int) (high >> 9 & 7)) {
                case 5 -> ".64";
                case 6 -> ".128";
                default -> "";
            };
        }
        counts.merge(name, 1, Integer::sum);
    }
}
