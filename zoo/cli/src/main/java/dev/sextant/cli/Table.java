package dev.sextant.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Rows of cells for people and programs. The first row is the header, the first column says what a row is.
final class Table {
    static final List<String> FORMATS = List.of("text", "md", "csv");

    private final List<List<String>> rows = new ArrayList<>();

    void row(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    String in(String format) {
        return switch (format) {
            case "md" -> markdown();
            case "csv" -> csv();
            default -> text();
        };
    }

    private String text() {
        int[] width = new int[rows.getFirst().size()];
        rows.forEach(r -> {
            for (int i = 0; i < width.length; i++) {
                width[i] = Math.max(width[i], r.get(i).length());
            }
        });
        var out = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder(String.format(Locale.ROOT, "%-" + width[0] + "s", row.getFirst()));
            for (int i = 1; i < width.length; i++) {
                line.append(String.format(Locale.ROOT, "  %" + width[i] + "s", row.get(i)));
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private String markdown() {
        var out = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            out.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                out.append("|---|").append("---:|".repeat(rows.getFirst().size() - 1)).append('\n');
            }
        }
        return out.toString();
    }

    private String csv() {
        var out = new StringBuilder();
        rows.forEach(r -> out.append(String.join(",", r.stream()
                .map(c -> c.contains(",") || c.contains("\"") ? "\"" + c.replace("\"", "\"\"") + "\"" : c).toList()))
                .append('\n'));
        return out.toString();
    }
}
