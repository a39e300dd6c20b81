package dev.sextant.cli.predict;

import dev.sextant.cli.chart.Markup;
import dev.sextant.cli.train.TrainedRun;
import dev.sextant.nn.data.ImageFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/// `predictions.html`: every image beside its scaled form, with a bar per class; the pictures are in the page itself.
public final class PredictionPage {
    private static final String STYLE = """
            body { font: 15px/1.4 system-ui, sans-serif; color: #333a45; max-width: 60em; margin: 2em auto; padding: 0 1em }
            section { display: flex; gap: 1.5em; align-items: flex-start; border-top: 1px solid #e3e6ea; padding: 1em 0 }
            figure { margin: 0 } figcaption { font-size: .85em; color: #6b7280; overflow-wrap: anywhere; width: 224px }
            img { width: 224px; height: 224px; object-fit: contain; background: #f4f5f7 } .seen { image-rendering: pixelated }
            meter { width: 12em } td { padding-right: .8em; font-variant-numeric: tabular-nums }
            """;

    private PredictionPage() {
    }

    /// The page.
    public static String html(TrainedRun run, List<Prediction> predictions) throws IOException {
        var s = run.settings();
        var out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(s.net()).append(": predictions</title>\n<style>\n").append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>").append(s.net()).append(", seed ").append(s.seed())
                .append("</h1>\n");
        for (Prediction p : predictions) {
            String name = Markup.escape(p.file().getFileName().toString());
            out.append("<section>\n");
            figure(out, "", Files.readAllBytes(p.file()), name);
            figure(out, "seen", png(p.seen()), "as the network sees it, " + p.seen().width() + "×"
                    + p.seen().height());
            out.append("<table>\n");
            for (int c : p.best(p.probabilities().length)) {
                out.append(String.format(Locale.ROOT,
                        "<tr><td>%s</td><td><meter value=\"%.4f\"></meter></td><td>%.3f</td></tr>%n",
                        Markup.escape(run.classNames().get(c)), p.probabilities()[c], p.probabilities()[c]));
            }
            out.append("</table>\n</section>\n");
        }
        return out.append("</body>\n</html>\n").toString();
    }

    /// Browsers tell the kind of an image from its content.
    private static void figure(StringBuilder out, String style, byte[] image, String caption) {
        out.append("<figure><img class=\"").append(style).append("\" alt=\"").append(caption)
                .append("\" src=\"data:image/*;base64,").append(Base64.getEncoder().encodeToString(image))
                .append("\"><figcaption>").append(caption).append("</figcaption></figure>\n");
    }

    private static byte[] png(ImageFile image) throws IOException {
        var picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        int plane = image.width() * image.height();
        for (int i = 0; i < plane; i++) {
            int r = image.pixels()[i] & 0xFF;
            int g = image.channels() == 1 ? r : image.pixels()[plane + i] & 0xFF;
            int b = image.channels() == 1 ? r : image.pixels()[2 * plane + i] & 0xFF;
            picture.setRGB(i % image.width(), i / image.width(), r << 16 | g << 8 | b);
        }
        var bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        ImageIO.write(picture, "png", bytes);
        return bytes.toByteArray();
    }
}
