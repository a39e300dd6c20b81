package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import dev.sextant.nn.io.AtomicFile;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// Reads Fashion-MNIST's files, checks their content, keeps them in a cache. Nothing is
/// parsed before its SHA-256 is right, and unpacking stops one byte after the expected size.
final class FashionFiles {
    private final Map<MnistFile, Fingerprint> expected;

    FashionFiles(Map<MnistFile, Fingerprint> expected) {
        this.expected = expected;
    }

    /// The most bytes that the unpacked file may have.
    int bytes(MnistFile file) {
        return expected.get(file).bytes();
    }

    /// The unpacked content of the four files in a folder, checked.
    ///
    /// @throws DataException if a file is missing, unreadable, or not Fashion-MNIST's
    Map<MnistFile, byte[]> read(Path folder) {
        Map<MnistFile, byte[]> contents = new EnumMap<>(MnistFile.class);
        for (var entry : IdxFolder.locate(folder).entrySet()) {
            try (var in = Files.newInputStream(entry.getValue())) {
                contents.put(entry.getKey(), verified(entry.getKey(), entry.getValue().toString(), in));
            } catch (IOException e) {
                throw new DataException(e, "%s cannot be read: %s", entry.getValue(), e);
            }
        }
        return contents;
    }

    /// Unpacked content of a file (packed or not), checked against the size and SHA-256 of Fashion-MNIST.
    ///
    /// @param name what error messages call it
    /// @throws DataException naming the file, what was expected, what was found, and what to do
    byte[] verified(MnistFile file, String name, byte[] stored) {
        return verified(file, name, new ByteArrayInputStream(stored));
    }

    private byte[] verified(MnistFile file, String name, InputStream stored) {
        var wanted = expected.get(file);
        byte[] content;
        try (var in = unpacked(stored)) {
            content = in.readNBytes(wanted.bytes() + 1);
        } catch (IOException e) {
            throw new DataException(e, "%s: cannot be unpacked (%s); remove it and fetch it again", name, e);
        }
        if (content.length != wanted.bytes()) {
            throw new DataException("%s: not Fashion-MNIST's %s: expected %d bytes unpacked, found %s; remove it and "
                    + "fetch it again", name, file.fileName(), wanted.bytes(),
                    content.length > wanted.bytes() ? "more" : content.length);
        }
        String found = HexFormat.of().formatHex(sha256().digest(content));
        if (!found.equals(wanted.sha256())) {
            throw new DataException("%s: not Fashion-MNIST's %s: expected SHA-256 %s, found %s; remove it and fetch it "
                    + "again", name, file.fileName(), wanted.sha256(), found);
        }
        return content;
    }

    private static InputStream unpacked(InputStream stored) throws IOException {
        var buffered = stored.markSupported() ? stored : new BufferedInputStream(stored, 1 << 16);
        buffered.mark(2);
        byte[] magic = buffered.readNBytes(2);
        buffered.reset();
        boolean gzip = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    /// Writes a file so that readers see all of it or nothing.
    static void store(Path folder, String name, byte[] stored) throws IOException {
        AtomicFile.write(folder.resolve(name), out -> out.write(stored));
    }

    /// A fresh SHA-256.
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
