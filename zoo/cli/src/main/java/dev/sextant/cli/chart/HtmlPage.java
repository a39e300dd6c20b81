package dev.sextant.cli.chart;

import java.util.List;

/// A page of headings, paragraphs, tables and SVG pictures that needs nothing beside itself.
public final class HtmlPage {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #333a45; max-width: 70em; margin: 2em auto; padding: 0 1em }
            h1 { font-size: 1.4em } h2 { font-size: 1.15em; margin-top: 2em } svg { max-width: 100%; height: auto }
            table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .15em 1em .15em 0; text-align: left;
            vertical-align: top; border-bottom: 1px solid #e3e6ea; overflow-wrap: anywhere }
            td.n { text-align: right; font-variant-numeric: tabular-nums } .bad { color: #c1121f; font-weight: bold }
            """;
    private static final String NUMBER = "[-+]?[0-9.]+(e[-+]?[0-9]+)?( %)?";

    private final StringBuilder out = new StringBuilder(16384);

    public HtmlPage(String title) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>").append(Markup.escape(title))
                .append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<h1>")
                .append(Markup.escape(title)).append("</h1>\n");
    }

    /// A heading.
    public HtmlPage heading(String text) {
        out.append("<h2>").append(Markup.escape(text)).append("</h2>\n");
        return this;
    }

    /// A paragraph of plain text.
    public HtmlPage paragraph(String text) {
        out.append("<p>").append(Markup.escape(text)).append("</p>\n");
        return this;
    }

    /// A paragraph that must not be overlooked.
    public HtmlPage warning(String text) {
        out.append("<p class=\"bad\">").append(Markup.escape(text)).append("</p>\n");
        return this;
    }

    /// A picture of [Bars] or alike.
    public HtmlPage picture(String svg) {
        out.append(svg);
        return this;
    }

    /// A table; cells that hold numbers are set to the right, and `alarming` ones in red.
    ///
    /// @param alarming a cell that is equal to one of these
    public HtmlPage table(List<String> header, List<List<String>> rows, List<String> alarming) {
        out.append("<table>\n<tr>");
        header.forEach(cell -> out.append("<th>").append(Markup.escape(cell)).append("</th>"));
        out.append("</tr>\n");
        for (List<String> row : rows) {
            out.append("<tr>");
            for (String cell : row) {
                out.append(cell.matches(NUMBER) ? "<td class=\"n\">"
                        : alarming.contains(cell) ? "<td class=\"bad\">" : "<td>").append(Markup.escape(cell))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</table>\n");
        return this;
    }

    /// The whole page.
    public String html() {
        return out + "</body>\n</html>\n";
    }
}
