package dev.sextant.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.sextant.cli.chart.Markup;
import dev.sextant.nn.train.EpochResult;
import java.util.Locale;
import java.util.Map;

/// `index.html`: the curve, the epochs' numbers and the settings; reloads itself while the run lasts.
final class RunPage {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #333a45; max-width: 46em; margin: 2em auto; padding: 0 1em }
            img { width: 100%; height: auto } h1 { font-size: 1.4em; margin-bottom: 0 }
            table { border-collapse: collapse; margin: 1em 0 } td, th { padding: .15em 1em .15em 0; text-align: left;
            vertical-align: top; border-bottom: 1px solid #e3e6ea } .n { text-align: right; font-variant-numeric: tabular-nums }
            td { overflow-wrap: anywhere } p { color: #6b7280 }
            """;

    private RunPage() {
    }

    static String html(String title, String state, boolean live, History history, JsonObject card) {
        var out = new StringBuilder(8192);
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append(live ? "<meta http-equiv=\"refresh\" content=\"2\">\n" : "")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>").append(Markup.escape(title))
                .append("</title>\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n<h1>")
                .append(Markup.escape(title)).append("</h1>\n<p>").append(Markup.escape(state)).append("</p>\n");
        // The number keeps a browser from showing yesterday's picture.
        long version = history.points().size() * 1000L + history.epochs().size();
        out.append("<img src=\"curve.svg?").append(version).append("\" alt=\"training curve\">\n");
        epochs(out, history);
        out.append("<table>\n");
        rows(out, "", card);
        return out.append("</table>\n</body>\n</html>\n").toString();
    }

    private static void epochs(StringBuilder out, History history) {
        if (history.epochs().isEmpty()) {
            return;
        }
        out.append(
                "<table>\n<tr><th class=\"n\">epoch</th><th class=\"n\">train loss</th><th class=\"n\">train acc</th>"
                        + "<th class=\"n\">test loss</th><th class=\"n\">test acc</th><th class=\"n\">examples/s</th></tr>\n");
        for (EpochPoint p : history.epochs()) {
            EpochResult r = p.result();
            out.append(String.format(Locale.ROOT,
                    "<tr><td class=\"n\">%d</td><td class=\"n\">%.3f</td><td class=\"n\">%.3f</td>"
                            + "<td class=\"n\">%.3f</td><td class=\"n\">%.3f</td><td class=\"n\">%.1f</td></tr>%n",
                    r.epoch(), r.trainLoss(), r.trainAccuracy(), r.testLoss(), r.testAccuracy(),
                    r.examplesPerSecond()));
        }
        out.append("</table>\n");
    }

    private static void rows(StringBuilder out, String prefix, JsonObject values) {
        for (Map.Entry<String, JsonElement> entry : values.entrySet()) {
            JsonElement value = entry.getValue();
            if (value.isJsonObject()) {
                rows(out, prefix + entry.getKey() + ".", value.getAsJsonObject());
            } else if (!value.isJsonNull()) {
                out.append("<tr><th>").append(Markup.escape(prefix + entry.getKey())).append("</th><td>")
                        .append(Markup.escape(value.isJsonPrimitive() ? value.getAsString() : value.toString()))
                        .append("</td></tr>\n");
            }
        }
    }
}
