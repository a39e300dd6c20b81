package dev.sextant.cli.run;

import dev.sextant.engine.error.SextantException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Keeps two processes from training into one folder. The operating system drops the lock with its process, however
/// that ends, so a run that was killed can be resumed at once.
final class RunLock implements AutoCloseable {
    private final FileChannel channel;
    private final FileLock lock;

    private RunLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /// Locks `folder/lock`.
    ///
    /// @throws SextantException if somebody else holds it, naming the process
    static RunLock acquire(Path folder) throws IOException {
        Path file = folder.resolve("lock");
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = tryLock(channel);
            if (lock == null) {
                String holder = Files.readString(file).strip();
                throw new SextantException("run folder %s is in use%s; wait for it, or choose another with --out",
                        folder, holder.isEmpty() ? "" : " by process " + holder);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return new RunLock(channel, lock);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    /// Null when another process, or another run of this one, has it.
    private static FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
