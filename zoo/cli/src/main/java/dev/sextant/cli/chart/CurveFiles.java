package dev.sextant.cli.chart;

import dev.sextant.cli.run.History;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Draws `curve.svg` (always) and `curve.png` (where AWT has fonts) into a run folder.
public final class CurveFiles {
    private final Path folder;
    private final String title;
    private final int epochs;
    private final Consumer<String> notes;
    private boolean fonts = true;

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

    /// Draws both files anew.
    public void draw(History history) throws IOException {
        String svg = null;
        byte[] png = null;
        if (fonts) {
            try {
                svg = CurveChart.svg(title, epochs, history);
                png = CurveChart.png(title, epochs, history);
            } catch (OutOfMemoryError | StackOverflowError e) {
                throw e;
            } catch (RuntimeException | Error e) {
                // AWT without fontconfig or fonts dies in many ways, among them a bare Error, and for good.
                fonts = false;
                notes.accept("no curve.png: AWT cannot lay out text here (" + rootCause(e)
                        + "); install fontconfig and a font, for example fonts-dejavu-core");
            }
        }
        AtomicFile.write(folder.resolve("curve.svg"), fonts ? svg : PlainSvgCurve.svg(title, epochs, history));
        if (fonts) {
            byte[] image = png;
            AtomicFile.write(folder.resolve("curve.png"), out -> out.write(image));
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
