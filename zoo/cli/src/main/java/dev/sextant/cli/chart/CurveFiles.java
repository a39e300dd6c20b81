package dev.sextant.cli.chart;

import dev.sextant.cli.run.History;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// Draws `curve.svg` (always) and `curve.png` (where AWT has fonts) into a run folder.
public final class CurveFiles {
    private static final long PNG_INTERVAL_NANOS = 2_000_000_000L;

    private final Path folder;
    private final String title;
    private final int epochs;
    private final Consumer<String> notes;
    private boolean fonts = true;
    private long lastPng = System.nanoTime() - PNG_INTERVAL_NANOS;

    /// @param folder where the files go
    /// @param title  headline of the curve
    /// @param epochs length of the training, the x axis
    /// @param notes  hears, once, if there can be no PNG
    public CurveFiles(Path folder, String title, int epochs, Consumer<String> notes) {
        this.folder = folder;
        this.title = title;
        this.epochs = epochs;
        this.notes = notes;
    }

    /// Draws the files anew.
    ///
    /// @param last whether this is the last time: the PNG, which costs some 30 ms of a core, is otherwise left for later
    ///             where the one before is younger than two seconds
    public void draw(History history, boolean last) throws IOException {
        AtomicFile.write(folder.resolve("curve.svg"), SvgCurve.svg(title, epochs, history));
        if (fonts && (last || System.nanoTime() - lastPng > PNG_INTERVAL_NANOS)) {
            byte[] png = png(history);
            if (png != null) {
                AtomicFile.write(folder.resolve("curve.png"), out -> out.write(png));
            }
            lastPng = System.nanoTime();
        }
    }

    /// Draws a curve against published values, as SVG.
    ///
    /// @param epochs length of the x axis
    public static void compare(Path file, String title, int epochs, History history, List<CurveMark> marks)
            throws IOException {
        AtomicFile.write(file, SvgCurve.svg(title, epochs, history, marks));
    }

    /// Null where there are no fonts.
    private byte[] png(History history) throws IOException {
        try {
            return PngCurve.png(title, epochs, history);
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // AWT without fontconfig or fonts dies in many ways, among them a bare Error, and for good.
            fonts = false;
            notes.accept("no curve.png: AWT cannot lay out text here (" + rootCause(e)
                    + "); install fontconfig and a font, for example fonts-dejavu-core");
            return null;
        }
    }

    private static String rootCause(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return root.getClass().getSimpleName() + ": " + message.lines().findFirst().orElse("");
    }
}
