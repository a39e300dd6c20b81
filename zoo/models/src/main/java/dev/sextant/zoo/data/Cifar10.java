package dev.sextant.zoo.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.data.ImageDataset;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// CIFAR-10: 50 000 + 10 000 colour images 32×32 of ten classes, in its binary form: five files `data_batch_1.bin` … and
/// `test_batch.bin` of records, each one byte of label and 3·32·32 bytes of pixels, red plane, green plane, blue plane.
///
/// @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">Krizhevsky: Learning multiple layers of features from tiny
/// images, 2009</a>
public final class Cifar10 {
    /// Names of the classes, by label.
    public static final List<String> CLASSES = List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog",
            "horse", "ship", "truck");

    private static final String NAME = "cifar-10";
    private static final Shape IMAGE = Shape.of(3, 32, 32);
    private static final int RECORD = 1 + 3 * 32 * 32;
    private static final int MOST_BYTES = 10_000 * RECORD;
    private static final List<String> TRAIN = List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
            "data_batch_4.bin", "data_batch_5.bin");
    private static final String TEST = "test_batch.bin";
    private static final String FOLDER = "cifar-10-batches-bin";

    private static final URI HOME = URI.create("https://www.cs.toronto.edu/~kriz/");
    private static final String ARCHIVE = "cifar-10-binary.tar.gz";
    private static final int ARCHIVE_LIMIT = 200_000_000;
    private static final String ARCHIVE_MD5 = "c32a1d4ab5d03f1284b67883e8d87530";
    private static final Duration LIMIT = Duration.ofHours(1);
    private static final int TAR_BLOCK = 512;

    private Cifar10() {
    }

    /// Whether a folder holds the binary files, itself or in `cifar-10-batches-bin`.
    static boolean isIn(Path folder) {
        return Files.isRegularFile(folder.resolve(TRAIN.getFirst()))
                || Files.isRegularFile(folder.resolve(FOLDER).resolve(TRAIN.getFirst()));
    }

    /// Reads the six files of a folder.
    ///
    /// @throws DataException   if one is missing or cannot be read
    /// @throws FormatException if one is no whole number of records, or has a label over 9
    public static TrainTest read(Path folder) {
        Path inside = Files.isDirectory(folder.resolve(FOLDER)) ? folder.resolve(FOLDER) : folder;
        Map<String, byte[]> files = new LinkedHashMap<>();
        try {
            for (String name : names()) {
                try (var in = Files.newInputStream(inside.resolve(name))) {
                    files.put(name, in.readNBytes(MOST_BYTES + 1));
                }
            }
        } catch (IOException e) {
            throw new DataException(e, "%s: CIFAR-10's binary form has the files %s, but one cannot be read: %s",
                    folder, names(), e);
        }
        return assemble(files, folder.toString());
    }

    /// Gets the data set from the cache, or by HTTP from its author's page (162 MB), and keeps it in the cache.
    ///
    /// @throws DataException if it is not to be had, or is not what it should be
    public static TrainTest load(DataEnvironment environment) {
        return load(environment, HOME, ARCHIVE_MD5);
    }

    /// The same from another place with another content, for tests.
    static TrainTest load(DataEnvironment environment, URI home, String md5) {
        Path cached = environment.cacheFolder(NAME).resolve(ARCHIVE);
        try {
            if (Files.isRegularFile(cached)) {
                return unpack(checked(Files.readAllBytes(cached), md5, cached.toString()), cached.toString());
            }
            environment.progress().accept("CIFAR-10: fetching 162 MB from " + home);
            byte[] archive;
            try (var download = new Download(environment, home, LIMIT)) {
                archive = checked(download.get(home.resolve(ARCHIVE), ARCHIVE_LIMIT), md5, home + ARCHIVE);
            }
            FashionFiles.store(cached.getParent(), ARCHIVE, archive);
            return unpack(archive, home.toString());
        } catch (IOException e) {
            throw new DataException(e, "CIFAR-10: %s: %s", cached, e);
        }
    }

    private static byte[] checked(byte[] archive, String md5, String name) {
        String found;
        try {
            found = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(archive));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
        if (!found.equals(md5)) {
            throw new DataException("%s: not CIFAR-10's archive: expected MD5 %s, found %s; remove it and fetch it "
                    + "again", name, md5, found);
        }
        return archive;
    }

    /// A tar archive is a row of blocks of 512 bytes: for each file a header with name, size and kind, then its content.
    private static TrainTest unpack(byte[] archive, String origin) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (InputStream tar = new GZIPInputStream(new ByteArrayInputStream(archive), 1 << 16)) {
            byte[] header = tar.readNBytes(TAR_BLOCK);
            while (header.length == TAR_BLOCK && header[0] != 0) {
                String path = text(header, 0, 100);
                long size = Long.parseLong(text(header, 124, 12).strip(), 8);
                String name = path.substring(path.lastIndexOf('/') + 1);
                long read = 0;
                if (names().contains(name)) {
                    files.put(name, tar.readNBytes((int) Math.min(size, MOST_BYTES + 1)));
                    read = files.get(name).length;
                }
                tar.skipNBytes(Math.ceilDiv(size, TAR_BLOCK) * TAR_BLOCK - read);
                header = tar.readNBytes(TAR_BLOCK);
            }
        } catch (NumberFormatException e) {
            throw new FormatException(e, "%s: damaged archive: %s", origin, e.getMessage());
        }
        if (!files.keySet().containsAll(names())) {
            throw new FormatException("%s: the archive holds %s of %s", origin, files.keySet(), names());
        }
        return assemble(files, origin);
    }

    private static String text(byte[] header, int from, int length) {
        String field = new String(header, from, length, StandardCharsets.US_ASCII);
        return field.indexOf(0) < 0 ? field : field.substring(0, field.indexOf(0));
    }

    private static List<String> names() {
        return List.of(TRAIN.get(0), TRAIN.get(1), TRAIN.get(2), TRAIN.get(3), TRAIN.get(4), TEST);
    }

    private static TrainTest assemble(Map<String, byte[]> files, String origin) {
        var hash = FashionFiles.sha256();
        names().forEach(n -> hash.update(files.get(n)));
        return new TrainTest(NAME, part(TRAIN, files), part(List.of(TEST), files),
                HexFormat.of().formatHex(hash.digest()), origin);
    }

    private static ImageDataset part(List<String> names, Map<String, byte[]> files) {
        int count = 0;
        for (String name : names) {
            int bytes = files.get(name).length;
            if (bytes == 0 || bytes % RECORD != 0 || bytes > MOST_BYTES) {
                throw new FormatException("%s: %s bytes are no whole number of records of 1 + 3·32·32 = %d bytes, at "
                        + "most 10000; fetch the file again", name, bytes > MOST_BYTES ? "over " + MOST_BYTES : bytes,
                        RECORD);
            }
            count += bytes / RECORD;
        }
        byte[] pixels = new byte[count * (RECORD - 1)];
        int[] labels = new int[count];
        int at = 0;
        for (String name : names) {
            byte[] content = files.get(name);
            for (int from = 0; from < content.length; from += RECORD, at++) {
                labels[at] = content[from] & 0xFF;
                if (labels[at] >= CLASSES.size()) {
                    throw new FormatException("%s: record %d has label %d, but the classes are 0..9; is it CIFAR-10's "
                            + "binary form?", name, from / RECORD, labels[at]);
                }
                System.arraycopy(content, from + 1, pixels, at * (RECORD - 1), RECORD - 1);
            }
        }
        return new ImageDataset(IMAGE, pixels, labels, CLASSES);
    }
}
