package dev.sextant.nn.data;

import dev.sextant.engine.error.DataException;
import java.nio.file.Path;

/// The pixels of an image file (PNG, JPEG, GIF, BMP): unsigned bytes `[channels, height, width]`, row-major.
///
/// Decoding needs the JDK's module `java.desktop`; a program without it can do everything but this. Transparency and
/// the orientation that cameras note are left aside, as the Python library Pillow does.
///
/// @param channels 1 for grey, 3 for red, green and blue
/// @param pixels   not copied
public record ImageFile(int channels, int height, int width, byte[] pixels) {

    /// Decodes a file. Colours become grey by Pillow's `L = (299·R + 587·G + 114·B)/1000`; grey becomes three equal
    /// channels.
    ///
    /// @param channels wanted, 1 or 3
    /// @throws DataException if the file cannot be read, is no image, is damaged, or is larger than 100 million pixels
    public static ImageFile read(Path file, int channels) {
        if (channels != 1 && channels != 3) {
            throw new DataException("%s: images have 1 channel (grey) or 3 (red, green, blue), but %d are wanted", file,
                    channels);
        }
        if (ModuleLayer.boot().findModule("java.desktop").isEmpty()) {
            throw new DataException("%s: decoding images needs the module java.desktop: start Java with --add-modules "
                    + "java.desktop, or put it into the run-time image", file);
        }
        return ImageDecoder.decode(file, channels);
    }

    /// The image scaled until its shorter side is `size`, as [PillowResize] does it, and the square in its middle: what
    /// torchvision's `Resize(size)` and `CenterCrop(size)` give.
    public ImageFile square(int size) {
        int shorter = Math.min(height, width);
        int h = (int) ((long) size * height / shorter);
        int w = (int) ((long) size * width / shorter);
        int top = (int) Math.rint((h - size) / 2.0);
        int left = (int) Math.rint((w - size) / 2.0);
        var resize = new PillowResize(height, width, h, w);
        byte[] scaled = new byte[h * w];
        byte[] result = new byte[channels * size * size];
        for (int c = 0; c < channels; c++) {
            resize.resize(pixels, c * height * width, scaled, 0);
            for (int y = 0; y < size; y++) {
                System.arraycopy(scaled, (top + y) * w + left, result, (c * size + y) * size, size);
            }
        }
        return new ImageFile(channels, size, size, result);
    }
}
