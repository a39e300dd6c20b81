package dev.sextant.nn;

import dev.sextant.engine.Shape;
import dev.sextant.nn.io.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A model's layers with shapes, parameters and multiply-adds, computed from shapes alone.
///
/// @param title name of the model
/// @param input shape of the input, batch included
/// @param rows  one per layer, outermost first
public record Summary(String title, Shape input, List<Row> rows) {

    /// One layer.
    ///
    /// @param path   name from the root, empty for the root itself
    /// @param depth  0 for the root
    /// @param leaf   whether it has no children
    /// @param params parameters of the layer and everything below it
    /// @param macs   multiply-adds of convolutions and linear layers in one forward pass of the whole batch, likewise
    public record Row(String path, String type, int depth, boolean leaf, Shape output, long params, long macs) {
    }

    /// Summarises a model for an input shape, batch included. Nothing is computed and no memory is taken.
    public static Summary of(Layer model, Shape input, String title) {
        Map<Layer, String> paths = new LinkedHashMap<>();
        model.visit("", (path, layer) -> paths.putIfAbsent(layer, path));
        Map<Layer, Row> rows = new HashMap<>();
        model.walk(input, new Walk() {
            @Override
            public void leave(Layer layer, Shape in, Shape out) {
                String path = paths.get(layer);
                long params = layer.ownParameters().isEmpty() ? layer.plannedParameters(in) : own(layer);
                long macs = layer.macs(in);
                for (Layer child : layer.children().values()) {
                    params += sum(child, rows, true);
                    macs += sum(child, rows, false);
                }
                int depth = path.isEmpty() ? 0 : path.split("\\.").length;
                rows.put(layer, new Row(path, layer.typeName(), depth, layer.children().isEmpty(), out, params, macs));
            }
        });
        List<Row> ordered = new ArrayList<>();
        paths.keySet().forEach(layer -> {
            if (rows.containsKey(layer)) {
                ordered.add(rows.get(layer));
            }
        });
        return new Summary(title, input, List.copyOf(ordered));
    }

    private static long own(Layer layer) {
        return layer.ownParameters().values().stream().mapToLong(p -> p.shape().size()).sum();
    }

    /// A child's own row, or the sum over what is below it where it is a mere holder that was never run itself.
    private static long sum(Layer child, Map<Layer, Row> rows, boolean params) {
        Row row = rows.get(child);
        if (row != null) {
            return params ? row.params : row.macs;
        }
        return child.children().values().stream().mapToLong(c -> sum(c, rows, params)).sum();
    }

    /// All parameters.
    public long totalParams() {
        return rows.getFirst().params;
    }

    /// All multiply-adds of one forward pass of the batch.
    public long totalMacs() {
        return rows.getFirst().macs;
    }

    /// A table for terminals.
    public String text() {
        int width = 5;
        for (Row r : rows) {
            width = Math.max(width, label(r).length());
        }
        String format = "%-" + width + "s  %-20s %14s %16s%n";
        var out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%s, input %s%n", title, input));
        out.append(String.format(Locale.ROOT, format, "layer", "output", "parameters", "multiply-adds"));
        out.append("-".repeat(width + 54)).append(System.lineSeparator());
        for (Row r : rows.subList(1, rows.size())) {
            out.append(String.format(Locale.ROOT, format, label(r), r.output, number(r.params), number(r.macs)));
        }
        out.append("-".repeat(width + 54)).append(System.lineSeparator());
        out.append(String.format(Locale.ROOT, format, "total", rows.getFirst().output, totalParams(), totalMacs()));
        return out.toString();
    }

    private static String label(Row r) {
        return "  ".repeat(Math.max(0, r.depth - 1)) + r.path.substring(r.path.lastIndexOf('.') + 1) + " " + r.type;
    }

    private static String number(long n) {
        return n == 0 ? "" : Long.toString(n);
    }

    /// A Markdown table.
    public String markdown() {
        var out = new StringBuilder("| layer | type | output | parameters | multiply-adds |\n|---|---|---|---:|---:|\n");
        rows.subList(1, rows.size()).forEach(r -> out.append("| ").append(r.path).append(" | ").append(r.type)
                .append(" | ").append(r.output).append(" | ").append(r.params).append(" | ").append(r.macs)
                .append(" |\n"));
        return out.append("| **total** | | ").append(rows.getFirst().output).append(" | ").append(totalParams())
                .append(" | ").append(totalMacs()).append(" |\n").toString();
    }

    /// Comma-separated values with a header line.
    public String csv() {
        var out = new StringBuilder("path,type,output,params,macs\n");
        rows.subList(1, rows.size()).forEach(r -> out.append(r.path).append(',').append(r.type).append(",\"")
                .append(r.output).append("\",").append(r.params).append(',').append(r.macs).append('\n'));
        return out.toString();
    }

    /// An HTML table.
    public String html() {
        var out = new StringBuilder("<table>\n<caption>").append(escape(title)).append(", input ").append(input)
                .append("</caption>\n<tr><th>layer<th>type<th>output<th>parameters<th>multiply-adds\n");
        rows.subList(1, rows.size()).forEach(r -> out.append("<tr><td style=\"padding-left:").append(r.depth)
                .append("em\">").append(escape(r.path)).append("<td>").append(escape(r.type)).append("<td>")
                .append(r.output).append("<td>").append(r.params).append("<td>").append(r.macs).append('\n'));
        return out.append("<tr><th>total<td><td>").append(rows.getFirst().output).append("<td>").append(totalParams())
                .append("<td>").append(totalMacs()).append("\n</table>\n").toString();
    }

    private static String escape(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;");
    }

    /// A JSON object; its last field is `totalParams`.
    public String json() {
        var out = new StringBuilder("{\n  \"title\": ").append(Json.quote(title)).append(",\n  \"input\": ")
                .append(input).append(",\n  \"layers\": [\n");
        for (int i = 1; i < rows.size(); i++) {
            Row r = rows.get(i);
            out.append("    {\"path\": ").append(Json.quote(r.path)).append(", \"type\": ").append(Json.quote(r.type))
                    .append(", \"output\": ").append(r.output).append(", \"params\": ").append(r.params)
                    .append(", \"macs\": ").append(r.macs).append(i < rows.size() - 1 ? "},\n" : "}\n");
        }
        return out.append("  ],\n  \"totalMacs\": ").append(totalMacs()).append(",\n  \"totalParams\": ")
                .append(totalParams()).append("\n}\n").toString();
    }
}
