package dev.sextant.nn;

import dev.sextant.nn.Summary.Row;
import dev.sextant.nn.io.Json;
import java.util.List;
import java.util.Locale;

/// A summary as text, Markdown, HTML, CSV and JSON.
final class SummaryFormats {
    private SummaryFormats() {
    }

    /// The layers without the root, which the totals stand for.
    private static List<Row> layers(Summary s) {
        return s.rows().subList(1, s.rows().size());
    }

    static String text(Summary s) {
        int width = 5;
        for (Row r : s.rows()) {
            width = Math.max(width, label(r, s).length());
        }
        String format = "%-" + width + "s  %-20s %14s %16s  " + (s.isTimed() ? "%-12s %10s %9s%n" : "%s%n");
        String line = "-".repeat(width + (s.isTimed() ? 92 : 71)) + System.lineSeparator();
        var out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%s, input %s%n", s.title(), s.input()));
        out.append(String.format(Locale.ROOT, format, "layer", "output", "parameters", "multiply-adds",
                "sees/stride", "ms", "GFLOP/s"));
        out.append(line);
        for (Row r : layers(s)) {
            out.append(String.format(Locale.ROOT, format, label(r, s), r.output(), number(r.params()),
                    number(r.macs()), r.field(), decimal(r.millis(), 3), decimal(r.gflops(), 1)));
        }
        Row root = s.rows().getFirst();
        out.append(line);
        out.append(String.format(Locale.ROOT, format, "total", root.output(), s.totalParams(), s.totalMacs(), "",
                decimal(root.millis(), 3), decimal(root.gflops(), 1)));
        return out.append(String.format(Locale.ROOT,
                "%.2f GFLOP; activations %.2f MiB in training, %.2f MiB at most in "
                        + "inference; parameters %.2f MiB%n",
                root.flops() / 1e9, mib(root.trainingBytes()),
                mib(root.inferenceBytes()), mib(Float.BYTES * s.totalParams()))).toString();
    }

    private static double mib(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private static String label(Row r, Summary s) {
        int below = r.depth() - s.rows().getFirst().depth();
        return "  ".repeat(Math.max(0, below - 1)) + r.path().substring(r.path().lastIndexOf('.') + 1) + " " + r.type();
    }

    private static String number(long n) {
        return n == 0 ? "" : Long.toString(n);
    }

    private static String decimal(double x, int digits) {
        return Double.isNaN(x) ? "" : String.format(Locale.ROOT, "%." + digits + "f", x);
    }

    /// The times of a layer between separators, where there are any.
    private static String times(Summary s, Row r, String before, String after) {
        return s.isTimed() ? before + decimal(r.millis(), 3) + after + before + decimal(r.gflops(), 1) + after : "";
    }

    static String markdown(Summary s) {
        var out = new StringBuilder("| layer | type | output | parameters | multiply-adds | sees/stride |"
                + (s.isTimed() ? " ms | GFLOP/s |" : "") + "\n|---|---|---|---:|---:|---|"
                + (s.isTimed() ? "---:|---:|" : "") + "\n");
        layers(s).forEach(r -> out.append("| ").append(r.path()).append(" | ").append(r.type()).append(" | ")
                .append(r.output()).append(" | ").append(r.params()).append(" | ").append(r.macs()).append(" | ")
                .append(r.field()).append(" |").append(times(s, r, " ", " |")).append('\n'));
        return out.append("| **total** | | ").append(s.rows().getFirst().output()).append(" | ")
                .append(s.totalParams()).append(" | ").append(s.totalMacs()).append(" | |")
                .append(times(s, s.rows().getFirst(), " ", " |")).append('\n').toString();
    }

    static String csv(Summary s) {
        var out = new StringBuilder("path,type,output,params,macs,flops,receptiveField,stride,trainingBytes,"
                + "inferenceBytes" + (s.isTimed() ? ",millis,gflops" : "") + "\n");
        layers(s).forEach(r -> out.append(r.path()).append(',').append(r.type()).append(",\"").append(r.output())
                .append("\",").append(r.params()).append(',').append(r.macs()).append(',').append(r.flops())
                .append(',').append(r.field().height()).append(',').append(r.field().strideH()).append(',')
                .append(r.trainingBytes()).append(',').append(r.inferenceBytes()).append(times(s, r, ",", ""))
                .append('\n'));
        return out.toString();
    }

    static String html(Summary s) {
        var out = new StringBuilder("<table>\n<caption>").append(escape(s.title())).append(", input ")
                .append(s.input()).append("</caption>\n<tr><th>layer<th>type<th>output<th>parameters<th>multiply-adds"
                        + "<th>sees/stride" + (s.isTimed() ? "<th>ms<th>GFLOP/s" : "") + "\n");
        layers(s).forEach(r -> out.append("<tr><td style=\"padding-left:").append(r.depth()).append("em\">")
                .append(escape(r.path())).append("<td>").append(escape(r.type())).append("<td>").append(r.output())
                .append("<td>").append(r.params()).append("<td>").append(r.macs()).append("<td>").append(r.field())
                .append(times(s, r, "<td>", "")).append('\n'));
        return out.append("<tr><th>total<td><td>").append(s.rows().getFirst().output()).append("<td>")
                .append(s.totalParams()).append("<td>").append(s.totalMacs()).append("<td>")
                .append(times(s, s.rows().getFirst(), "<td>", "")).append("\n</table>\n").toString();
    }

    private static String escape(String s) {
        return s.replace("&", "&amp;").replace("<", "&lt;");
    }

    static String json(Summary s) {
        var out = new StringBuilder("{\n  \"title\": ").append(Json.quote(s.title())).append(",\n  \"input\": ")
                .append(s.input()).append(",\n  \"layers\": [\n");
        List<Row> layers = layers(s);
        for (int i = 0; i < layers.size(); i++) {
            Row r = layers.get(i);
            out.append("    {\"path\": ").append(Json.quote(r.path())).append(", \"type\": ")
                    .append(Json.quote(r.type())).append(", \"output\": ").append(r.output()).append(", \"params\": ")
                    .append(r.params()).append(", \"macs\": ").append(r.macs()).append(", \"flops\": ")
                    .append(r.flops()).append(", \"receptiveField\": ").append(r.field().height())
                    .append(", \"stride\": ").append(r.field().strideH()).append(", \"trainingBytes\": ")
                    .append(r.trainingBytes()).append(", \"inferenceBytes\": ").append(r.inferenceBytes())
                    .append(jsonTimes(r))
                    .append(i < layers.size() - 1 ? "},\n" : "}\n");
        }
        Row root = s.rows().getFirst();
        return out.append("  ],\n  \"trainingBytes\": ").append(root.trainingBytes())
                .append(",\n  \"inferenceBytes\": ")
                .append(root.inferenceBytes()).append(jsonTimes(root)).append(",\n  \"totalMacs\": ")
                .append(s.totalMacs())
                .append(",\n  \"totalParams\": ").append(s.totalParams()).append("\n}\n").toString();
    }

    private static String jsonTimes(Row r) {
        return (Double.isNaN(r.millis()) ? "" : ", \"millis\": " + decimal(r.millis(), 6))
                + (Double.isNaN(r.gflops()) ? "" : ", \"gflops\": " + decimal(r.gflops(), 3));
    }
}
