package dev.sextant.nn.data;

import dev.sextant.engine.error.DataException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/// The one class that needs `java.desktop`; loaded only where an image is decoded.
final class ImageDecoder {
    private static final long MOST_PIXELS = 100_000_000;

    private ImageDecoder() {
    }

    static ImageFile decode(Path file, int channels) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new DataException("%s: there is no such file, or it may not be read", file);
        }
        try (var in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException("%s: not an image that can be read here; PNG, JPEG, GIF and BMP can", file);
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in);
                long count = (long) reader.getWidth(0) * reader.getHeight(0);
                if (count > MOST_PIXELS) {
                    throw new DataException("%s: %d x %d pixels are over the limit of %d; scale the image down first",
                            file, reader.getWidth(0), reader.getHeight(0), MOST_PIXELS);
                }
                return pixels(reader.read(0), channels);
            } finally {
                reader.dispose();
            }
        } catch (DataException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The JDK's decoders throw unchecked exceptions at many kinds of damage.
            throw new DataException(e, "%s: the image is damaged or of a kind that cannot be read (%s); remove it, or "
                    + "save it again as PNG", file, e.getMessage());
        }
    }

    private static ImageFile pixels(BufferedImage image, int channels) {
        int h = image.getHeight();
        int w = image.getWidth();
        byte[] result = new byte[channels * h * w];
        boolean grey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && image.getRaster().getNumBands() <= 2;
        int shift = image.getRaster().getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? 8 : 0;
        int[] row = new int[w];
        for (int y = 0; y < h; y++) {
            if (grey) {
                // Not getRGB: it takes grey for linear light and brightens it.
                image.getRaster().getSamples(0, y, w, 1, 0, row);
            } else {
                image.getRGB(0, y, w, 1, row, 0, w);
            }
            for (int x = 0; x < w; x++) {
                int rgb = grey ? (row[x] >> shift) * 0x010101 : row[x];
                store(rgb, channels, result, y * w + x, h * w);
            }
        }
        return new ImageFile(channels, h, w, result);
    }

    private static void store(int rgb, int channels, byte[] target, int at, int plane) {
        int r = rgb >> 16 & 0xFF;
        int g = rgb >> 8 & 0xFF;
        int b = rgb & 0xFF;
        if (channels == 1) {
            // 299/1000, 587/1000 and 114/1000 in sixteenths of a bit, rounded, as Pillow has them.
            target[at] = (byte) (r * 19595 + g * 38470 + b * 7471 + 0x8000 >> 16);
        } else {
            target[at] = (byte) r;
            target[at + plane] = (byte) g;
            target[at + 2 * plane] = (byte) b;
        }
    }
}
