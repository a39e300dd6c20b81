package dev.sextant.cli.chart;

/// Text inside SVG and HTML.
public final class Markup {
    private Markup() {
    }

    /// The text, safe between tags and inside a quoted attribute.
    public static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
