package dev.sextant.cli.chart;

import java.util.Locale;

/// Text inside SVG and HTML.
public final class Markup {
    private Markup() {
    }

    /// A line of a picture, with numbers as every language of the Web writes them.
    static void add(StringBuilder out, String format, Object... args) {
        out.append(String.format(Locale.ROOT, format, args)).append('\n');
    }

    /// The text, safe between tags and inside a quoted attribute.
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
