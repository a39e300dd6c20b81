package dev.sextant.zoo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.FormatException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// CIFAR-10's binary form, from files of a few records: in a folder, in an archive, from a server in this process.
@Timeout(60)
class Cifar10Test {
    private static final int RECORD = 3073;

    @TempDir
    Path root;

    /// Records whose label is their number and whose pixels follow from file, record and position.
    private static byte[] file(int number, int records) {
        byte[] content = new byte[records * RECORD];
        for (int r = 0; r < records; r++) {
            content[r * RECORD] = (byte) (r % 10);
            for (int p = 0; p < RECORD - 1; p++) {
                content[r * RECORD + 1 + p] = (byte) (number * 31 + r * 7 + p);
            }
        }
        return content;
    }

    private static String name(int number) {
        return number == 6 ? "test_batch.bin" : "data_batch_" + number + ".bin";
    }

    private static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (int n = 1; n <= 6; n++) {
            Files.write(folder.resolve(name(n)), file(n, n));
        }
    }

    private static void requireContent(TrainTest data) {
        assertEquals(1 + 2 + 3 + 4 + 5, data.train().size());
        assertEquals(6, data.test().size());
        assertEquals(Shape.of(3, 32, 32), data.train().imageShape());
        assertEquals(Cifar10.CLASSES, data.train().classNames());
        byte[] image = new byte[3072];
        // The fourth image is the first of the third file.
        data.train().readImage(3, image, 0);
        assertEquals(0, data.train().label(3));
        assertEquals((byte) (3 * 31 + 1024 + 5), image[1024 + 5]);
        assertEquals(5, data.test().label(5));
        assertEquals(64, data.sha256().length());
    }

    @Test
    void aFolderAsItIsOrAsTheArchiveUnpacks() throws IOException {
        write(root.resolve("a"));
        requireContent(Cifar10.read(root.resolve("a")));
        write(root.resolve("b/cifar-10-batches-bin"));
        requireContent(DataSets.open(Optional.of(root.resolve("b").toString()), 28,
                new FakeFashion(root).environment()));
    }

    @Test
    void filesOfWrongSizesAndLabelsAreNamed() throws IOException {
        write(root);
        Files.write(root.resolve(name(2)), Arrays.copyOf(file(2, 2), 2 * RECORD - 1));
        var size = assertThrows(FormatException.class, () -> Cifar10.read(root));
        assertTrue(size.getMessage().contains("data_batch_2.bin: 6145 bytes")
                && size.getMessage().contains("3073"), size.getMessage());
        byte[] wrong = file(2, 2);
        wrong[RECORD] = 77;
        Files.write(root.resolve(name(2)), wrong);
        var label = assertThrows(FormatException.class, () -> Cifar10.read(root));
        assertTrue(label.getMessage().contains("record 1 has label 77"), label.getMessage());
        Files.write(root.resolve(name(2)), new byte[0]);
        assertThrows(FormatException.class, () -> Cifar10.read(root));
        Files.write(root.resolve(name(2)), new byte[10_001 * RECORD]);
        assertThrows(FormatException.class, () -> Cifar10.read(root));
        Files.delete(root.resolve(name(6)));
        Files.write(root.resolve(name(2)), file(2, 2));
        var missing = assertThrows(DataException.class, () -> Cifar10.read(root));
        assertTrue(missing.getMessage().contains("test_batch.bin"), missing.getMessage());
    }

    /// A tar archive as the author's: a folder entry, a file that is not wanted, the six files, two blocks of zeros.
    private static byte[] archive() throws IOException {
        var tar = new ByteArrayOutputStream();
        entry(tar, "cifar-10-batches-bin/", '5', new byte[0]);
        entry(tar, "cifar-10-batches-bin/batches.meta.txt", '0', "airplane\n".getBytes(StandardCharsets.US_ASCII));
        for (int n = 6; n >= 1; n--) {
            entry(tar, "cifar-10-batches-bin/" + name(n), '0', file(n, n));
        }
        tar.write(new byte[1024]);
        return FakeFashion.gzip(tar.toByteArray());
    }

    private static void entry(ByteArrayOutputStream tar, String name, char kind, byte[] content) throws IOException {
        byte[] header = new byte[512];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, header, 0, name.length());
        byte[] size = String.format("%011o", content.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, header, 124, size.length);
        header[156] = (byte) kind;
        tar.write(header);
        tar.write(content);
        tar.write(new byte[(512 - content.length % 512) % 512]);
    }

    @Test
    void theArchiveIsFetchedCheckedAndKept() throws Exception {
        byte[] archive = archive();
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(archive));
        List<String> requests = new ArrayList<>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestURI().getPath());
            try (exchange) {
                exchange.sendResponseHeaders(200, archive.length);
                exchange.getResponseBody().write(archive);
            }
        });
        server.start();
        var environment = new FakeFashion(root).environment();
        try {
            URI home = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/kriz/");
            var wrong = assertThrows(DataException.class, () -> Cifar10.load(environment, home, "00"));
            assertTrue(wrong.getMessage().contains("expected MD5 00, found " + md5), wrong.getMessage());
            requireContent(Cifar10.load(environment, home, md5));
            requireContent(Cifar10.load(environment, home, md5));
        } finally {
            server.stop(0);
        }
        assertEquals(List.of("/kriz/cifar-10-binary.tar.gz", "/kriz/cifar-10-binary.tar.gz"), requests,
                "once refused, once kept, then read from the cache");
        Path cached = environment.cacheFolder("cifar-10").resolve("cifar-10-binary.tar.gz");
        Files.write(cached, new byte[] {1, 2, 3});
        assertTrue(assertThrows(DataException.class, () -> Cifar10.load(environment, URI.create("http://127.0.0.1:9/"),
                md5)).getMessage().contains("remove it"));
    }

    @Test
    void trainAndTestFoldersOfImages() throws IOException {
        for (String file : List.of("train/cat/1.png", "train/dog/1.png", "train/dog/2.png", "test/cat/1.png",
                "test/dog/1.png")) {
            Path path = root.resolve("pets").resolve(file);
            Files.createDirectories(path.getParent());
            ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "png", path.toFile());
        }
        var environment = new FakeFashion(root).environment();
        var option = Optional.of(root.resolve("pets").toString());
        TrainTest data = DataSets.open(option, 16, environment);
        assertEquals("pets", data.name());
        assertEquals(3, data.train().size());
        assertEquals(Shape.of(3, 16, 16), data.test().imageShape());
        assertEquals(data.sha256(), DataSets.open(option, 16, environment).sha256());
        Files.delete(root.resolve("pets/test/dog/1.png"));
        Files.delete(root.resolve("pets/test/dog"));
        assertTrue(assertThrows(DataException.class, () -> DataSets.open(option, 16, environment)).getMessage()
                .contains("test has [cat]"));
    }
}
