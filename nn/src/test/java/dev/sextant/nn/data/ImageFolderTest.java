package dev.sextant.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Image files to bytes and folders to classes; and what is said of files that are none.
class ImageFolderTest {
    @TempDir
    Path root;

    private Path write(String name, String kind, int type, int width, int height, int... rgb) throws IOException {
        var image = new BufferedImage(width, height, type);
        for (int i = 0; i < width * height; i++) {
            if (type == BufferedImage.TYPE_BYTE_GRAY) {
                image.getRaster().setSample(i % width, i / width, 0, rgb[i % rgb.length]);
            } else {
                image.setRGB(i % width, i / width, rgb[i % rgb.length]);
            }
        }
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        assertTrue(ImageIO.write(image, kind, file.toFile()));
        return file;
    }

    @Test
    void coloursAreSplitIntoPlanes() throws IOException {
        Path file = write("a.png", "png", BufferedImage.TYPE_INT_RGB, 2, 1, 0x102030, 0xFF8000);
        var image = ImageFile.read(file, 3);
        assertEquals(List.of(3, 1, 2), List.of(image.channels(), image.height(), image.width()));
        assertArrayEquals(new byte[] {0x10, (byte) 0xFF, 0x20, (byte) 0x80, 0x30, 0}, image.pixels());
    }

    /// (299·R + 587·G + 114·B)/1000, rounded.
    @Test
    void coloursBecomeGreyAsPillowDoesIt() throws IOException {
        Path file = write("a.png", "png", BufferedImage.TYPE_INT_RGB, 4, 1, 0xFF0000, 0x00FF00, 0x0000FF, 0xFFFFFF);
        assertArrayEquals(new byte[] {76, (byte) 150, 29, (byte) 255}, ImageFile.read(file, 1).pixels());
    }

    /// Every level of grey stays what it is; the JDK's usual way would brighten the dark ones.
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void greyStaysGrey(int channels) throws IOException {
        int[] levels = new int[256];
        Arrays.setAll(levels, i -> i);
        Path file = write("a.png", "png", BufferedImage.TYPE_BYTE_GRAY, 16, 16, levels);
        byte[] pixels = ImageFile.read(file, channels).pixels();
        for (int i = 0; i < pixels.length; i++) {
            assertEquals(i % 256, pixels[i] & 0xFF);
        }
    }

    @Test
    void sixteenBitGreyKeepsItsHighByte() throws IOException {
        var image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSample(0, 0, 0, 0x1234);
        image.getRaster().setSample(1, 0, 0, 0xFEDC);
        Path file = root.resolve("deep.png");
        ImageIO.write(image, "png", file.toFile());
        assertArrayEquals(new byte[] {0x12, (byte) 0xFE}, ImageFile.read(file, 1).pixels());
    }

    @Test
    void theSquareIsTheMiddleOfTheScaledImage() throws IOException {
        // 6×2: scaled to 6×2 again, of which columns 2 and 3 are the middle.
        Path file = write("wide.png", "png", BufferedImage.TYPE_BYTE_GRAY, 6, 2, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90,
                100, 110);
        assertArrayEquals(new byte[] {20, 30, 80, 90}, ImageFile.read(file, 1).square(2).pixels());
        var tall = ImageFile.read(write("tall.png", "png", BufferedImage.TYPE_BYTE_GRAY, 3, 7, 9), 1).square(5);
        assertEquals(List.of(5, 5), List.of(tall.height(), tall.width()));
        assertEquals(9, tall.pixels()[12]);
    }

    @Test
    void aFolderPerClass() throws IOException {
        write("dog/1.png", "png", BufferedImage.TYPE_INT_RGB, 8, 8, 0x0000FF);
        write("cat/b/2.jpg", "jpg", BufferedImage.TYPE_INT_RGB, 8, 8, 0xFF0000);
        write("cat/1.PNG", "png", BufferedImage.TYPE_INT_RGB, 12, 8, 0x00FF00);
        Files.writeString(root.resolve("cat/readme.txt"), "no image");
        Files.createDirectories(root.resolve(".git"));
        var data = new ImageFolder(root, 3, 4);
        assertEquals(List.of("cat", "dog"), data.classNames());
        assertEquals(3, data.size());
        assertEquals(Shape.of(3, 4, 4), data.imageShape());
        assertEquals(List.of(0, 0, 1), List.of(data.label(0), data.label(1), data.label(2)));
        byte[] pixels = new byte[48];
        data.readImage(0, pixels, 0);
        assertEquals(List.of(0, 255, 0), List.of(pixels[5] & 0xFF, pixels[16 + 5] & 0xFF, pixels[32 + 5] & 0xFF));
        data.readImage(1, pixels, 0);
        assertTrue((pixels[5] & 0xFF) > 245 && (pixels[16 + 5] & 0xFF) < 10, "JPEG is near red");
        try (var loader = new BatchLoader(data, BatchOptions.inOrder(3), Device.ref())) {
            var batch = loader.epoch(0).next();
            assertEquals(Shape.of(3, 3, 4, 4), batch.images().shape());
            assertArrayEquals(new int[] {0, 0, 1}, batch.labels().toInts());
        }
    }

    @Test
    void brokenFilesAreNamed() throws IOException {
        Path good = write("a/good.png", "png", BufferedImage.TYPE_INT_RGB, 64, 64, 0x123456, 0x654321);
        byte[] content = Files.readAllBytes(good);
        Path half = Files.write(root.resolve("a/half.png"), Arrays.copyOf(content, content.length / 2));
        byte[] damaged = content.clone();
        for (int i = 40; i < damaged.length; i++) {
            damaged[i] ^= 0x55;
        }
        Path noise = Files.write(root.resolve("a/noise.png"), damaged);
        Path text = Files.writeString(root.resolve("a/text.png"), "this is no image");
        Path empty = Files.write(root.resolve("a/empty.jpg"), new byte[0]);
        for (Path file : List.of(half, noise, text, empty, root.resolve("a/none.png"), root)) {
            var e = assertThrows(DataException.class, () -> ImageFile.read(file, 1), file.toString());
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        }
        assertThrows(DataException.class, () -> ImageFile.read(good, 2));
        try (var loader = new BatchLoader(new ImageFolder(root, 1, 8), BatchOptions.inOrder(9), Device.ref())) {
            var e = assertThrows(DataException.class, () -> loader.epoch(0).next());
            assertTrue(e.getMessage().contains("empty.jpg"), e.getMessage());
        }
    }

    /// A few hundred bytes that announce 50 000 × 50 000 pixels must not cost 10 GB.
    @Test
    void aHugeImageIsRefusedBeforeItIsDecoded() throws IOException {
        byte[] content = Files.readAllBytes(write("b.png", "png", BufferedImage.TYPE_INT_RGB, 2, 2, 1));
        var header = java.nio.ByteBuffer.wrap(content);
        header.putInt(16, 50_000).putInt(20, 50_000);
        var crc = new java.util.zip.CRC32();
        crc.update(content, 12, 17);
        header.putInt(29, (int) crc.getValue());
        Path file = Files.write(root.resolve("bomb.png"), content);
        var e = assertThrows(DataException.class, () -> ImageFile.read(file, 1));
        assertTrue(e.getMessage().contains("50000 x 50000"), e.getMessage());
    }

    @Test
    void foldersThatAreNoneAreNamed() throws IOException {
        assertThrows(DataException.class, () -> new ImageFolder(root.resolve("none"), 3, 4));
        var flat = assertThrows(DataException.class, () -> new ImageFolder(root, 3, 4));
        assertTrue(flat.getMessage().contains("one folder per class"), flat.getMessage());
        Files.createDirectories(root.resolve("cat"));
        var empty = assertThrows(DataException.class, () -> new ImageFolder(root, 3, 4));
        assertTrue(empty.getMessage().contains("without images"), empty.getMessage());
    }
}
