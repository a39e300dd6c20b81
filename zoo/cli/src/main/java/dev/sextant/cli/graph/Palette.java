package dev.sextant.cli.graph;

import dev.sextant.cli.graph.Picture.Box;
import dev.sextant.cli.graph.Picture.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/// What stands in a box, and its colour: light enough for black text, apart in grey too.
final class Palette {
    private Palette() {
    }

    static String colour(Kind kind) {
        return switch (kind) {
            case INPUT -> "#ffffff";
            case CONV -> "#b9d3f0";
            case LINEAR -> "#d5c3ea";
            case NORM -> "#c6e6c3";
            case POOL -> "#f6d3a8";
            case ACTIVATION -> "#f3eebc";
            case JOIN -> "#f1c0c8";
            case BLOCK -> "#dde6ee";
            case OTHER -> "#ececec";
        };
    }

    /// Two or three lines: what, where, and what comes out; for the backward half what it keeps and which gradients it
    /// gives.
    static List<String> lines(Box b, boolean backward) {
        List<String> lines = new ArrayList<>();
        lines.add(b.title() + (backward ? "′" : "") + (b.layer().isEmpty() ? "" : "  " + b.layer()));
        if (!backward) {
            lines.add(b.detail());
            return lines;
        }
        if (b.kind() == Kind.BLOCK) {
            lines.add("gives " + b.gradients().size() + " gradients");
            return lines;
        }
        lines.add(b.keeps().isEmpty() ? "keeps nothing" : "keeps " + names(b, b.keeps(), ""));
        if (!b.gradients().isEmpty()) {
            lines.add("gives " + names(b, b.gradients(), "d "));
        }
        return lines;
    }

    /// Without the layer's name, which stands above.
    private static String names(Box b, Collection<String> names, String before) {
        String prefix = b.layer() + ".";
        return names.stream().map(n -> before + (n.startsWith(prefix) ? n.substring(prefix.length()) : n))
                .collect(Collectors.joining(", "));
    }
}
