package dev.sextant.zoo.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// A data set of a few bytes in the form of Fashion-MNIST, with fingerprints of its own, and a machine to look for it
/// on: every folder is below one temporary folder, apt is a function, the home is an address of choice.
final class FakeFashion {
    /// Nothing listens on the discard port.
    static final URI NOBODY = URI.create("http://127.0.0.1:9/");

    final Map<MnistFile, byte[]> packed = new EnumMap<>(MnistFile.class);
    final Map<MnistFile, byte[]> unpacked = new EnumMap<>(MnistFile.class);
    final Map<MnistFile, Fingerprint> fingerprints = new EnumMap<>(MnistFile.class);
    final List<String> progress = new ArrayList<>();
    final Path root;

    Map<String, String> variables;
    URI home = NOBODY;
    CommandRunner commands = (folder, limit, command) -> {
        throw new IOException("there is no " + command.getFirst());
    };

    FakeFashion(Path root) {
        this.root = root;
        this.variables = Map.of("HOME", root.resolve("home").toString());
        images(MnistFile.TRAIN_IMAGES, 3);
        labels(MnistFile.TRAIN_LABELS, 3);
        images(MnistFile.TEST_IMAGES, 2);
        labels(MnistFile.TEST_LABELS, 2);
    }

    private void images(MnistFile file, int count) {
        var content = ByteBuffer.allocate(16 + 4 * count).putInt(0x803).putInt(count).putInt(2).putInt(2);
        while (content.hasRemaining()) {
            content.put((byte) content.position());
        }
        add(file, content.array());
    }

    private void labels(MnistFile file, int count) {
        var content = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        while (content.hasRemaining()) {
            content.put((byte) (content.remaining() % 10));
        }
        add(file, content.array());
    }

    private void add(MnistFile file, byte[] content) {
        unpacked.put(file, content);
        packed.put(file, gzip(content));
        fingerprints.put(file, new Fingerprint(content.length,
                HexFormat.of().formatHex(FashionFiles.sha256().digest(content))));
    }

    static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// Writes the four packed files.
    Path writeTo(Path folder) {
        try {
            Files.createDirectories(folder);
            for (MnistFile file : MnistFile.values()) {
                Files.write(folder.resolve(file.packedName()), packed.get(file));
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path packageFolder() {
        return root.resolve("package");
    }

    Path cacheFolder() {
        return root.resolve("home/.cache/sextant/fashion-mnist");
    }

    DataEnvironment environment() {
        return new DataEnvironment(variables, packageFolder(), commands, home, progress::add);
    }

    TrainTest load(Optional<Path> folder) {
        return FashionMnist.load(folder, environment(), fingerprints);
    }

    TrainTest load() {
        return load(Optional.empty());
    }
}
