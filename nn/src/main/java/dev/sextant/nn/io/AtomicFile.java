package dev.sextant.nn.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/// Writes a file so that readers see the old contents or the new, never half of either: to a temporary neighbour,
/// forced to disk, then moved over the target. If writing fails (a full disk), the old file stays as it was.
public final class AtomicFile {
    private static final AtomicLong NEXT = new AtomicLong();

    private AtomicFile() {
    }

    /// Produces the contents.
    @FunctionalInterface
    public interface Writer {
        /// Writes everything; the stream is buffered and closed by the caller.
        void write(OutputStream out) throws IOException;
    }

    /// Replaces `target`.
    public static void write(Path target, Writer writer) throws IOException {
        Path folder = target.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        // Not Files.createTempFile: that makes files which only their owner may read.
        Path temporary = folder.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + "-"
                + NEXT.incrementAndGet() + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                writer.write(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        forceFolder(folder);
    }

    /// Makes the move itself durable; a system that cannot open a folder as a file does without.
    private static void forceFolder(Path folder) {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            System.getLogger(AtomicFile.class.getName()).log(System.Logger.Level.TRACE, "cannot force " + folder, e);
        }
    }

    /// Replaces `target` with text in UTF-8.
    public static void write(Path target, String text) throws IOException {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
