package dev.sextant.kernels.ptx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// As much of a 64-bit ELF file as the tests need: its sections and the symbols that it expects from others.
public record Elf(List<Section> sections) {
    private static final int DYNAMIC_SYMBOLS = 11;
    private static final int SYMBOL_BYTES = 24;

    /// A section: name, type, index of its string table, contents.
    public record Section(String name, int type, int link, ByteBuffer bytes) {
    }

    /// Reads a file.
    public static Elf read(Path file) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int table = Math.toIntExact(all.getLong(0x28));
        int size = all.getShort(0x3a);
        int count = all.getShort(0x3c) & 0xffff;
        int nameSection = all.getShort(0x3e) & 0xffff;
        int names = Math.toIntExact(all.getLong(table + nameSection * size + 0x18));
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int at = table + i * size;
            int type = all.getInt(at + 4);
            int offset = (int) all.getLong(at + 0x18);
            int length = type == 8 ? 0 : (int) all.getLong(at + 0x20);
            sections.add(new Section(string(all, names + all.getInt(at)), type, all.getInt(at + 0x28),
                    all.slice(Math.min(offset, all.limit()), length).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return new Elf(sections);
    }

    private static String string(ByteBuffer bytes, int at) {
        int end = at;
        while (bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - at];
        bytes.get(at, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /// Names that the dynamic linker must find elsewhere.
    public List<String> undefinedSymbols() {
        List<String> names = new ArrayList<>();
        for (Section s : sections) {
            if (s.type == DYNAMIC_SYMBOLS) {
                ByteBuffer strings = sections.get(s.link).bytes;
                for (int at = SYMBOL_BYTES; at < s.bytes.limit(); at += SYMBOL_BYTES) {
                    if (s.bytes.getShort(at + 6) == 0) {
                        names.add(string(strings, s.bytes.getInt(at)));
                    }
                }
            }
        }
        return names;
    }
}
