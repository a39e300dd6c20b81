package dev.sextant.nn.io;

import dev.sextant.engine.error.FormatException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// What PyTorch wraps around a pickle and its storages: a zip archive, or (before 1.6) everything in a row.
interface PthContainer extends AutoCloseable {
    /// Longest pickle that is read; a state dictionary of ten thousand tensors has about one megabyte.
    int MAX_PICKLE = 64 << 20;

    /// The pickled value.
    Object root();

    /// Size of a storage in bytes, -1 if there is none of that name.
    long bytes(String storage);

    /// A storage's bytes.
    ByteBuffer read(String storage);

    @Override
    void close();

    static PthContainer open(String file, Path path) throws IOException {
        byte[] start;
        try (InputStream in = java.nio.file.Files.newInputStream(path)) {
            start = in.readNBytes(2);
        }
        return start.length == 2 && start[0] == 'P' && start[1] == 'K' ? Zip.open(file, path) : InARow.open(file, path);
    }

    /// `NAME/data.pkl` and one entry per storage, `NAME/data/KEY`.
    final class Zip implements PthContainer {
        private final String file;
        private final ZipFile zip;
        private final String folder;
        private final ByteOrder order;
        private final Object root;
        private final long length;

        private Zip(String file, ZipFile zip, long length) {
            this.file = file;
            this.length = length;
            this.zip = zip;
            ZipEntry pickle = zip.stream().filter(e -> e.getName().endsWith("/data.pkl")).findFirst()
                    .orElseThrow(() -> new FormatException("%s: is a zip archive, but none of PyTorch's: it has no "
                            + "data.pkl", file));
            folder = pickle.getName().substring(0, pickle.getName().length() - "data.pkl".length());
            ZipEntry endian = zip.getEntry(folder + "byteorder");
            order = endian != null && new String(bounded(endian, 16), StandardCharsets.UTF_8).startsWith("big")
                    ? ByteOrder.BIG_ENDIAN
                    : ByteOrder.LITTLE_ENDIAN;
            root = new Pickle(file, ByteBuffer.wrap(bounded(pickle, MAX_PICKLE))).read();
        }

        static Zip open(String file, Path path) throws IOException {
            ZipFile zip;
            try {
                zip = new ZipFile(path.toFile());
            } catch (ZipException | EOFException e) {
                throw new FormatException(e, "%s: damaged zip archive (truncated?): %s", file, e.getMessage());
            }
            try {
                return new Zip(file, zip, path.toFile().length());
            } catch (RuntimeException e) {
                zip.close();
                throw e;
            }
        }

        /// What an entry really holds, however much it claims.
        private byte[] bounded(ZipEntry entry, int limit) {
            try (InputStream in = zip.getInputStream(entry)) {
                byte[] bytes = in.readNBytes(limit);
                if (in.read() >= 0) {
                    throw new FormatException("%s: %s is longer than %d bytes", file, entry.getName(), limit);
                }
                return bytes;
            } catch (IOException e) {
                throw new FormatException(e, "%s: damaged zip archive: %s cannot be read: %s", file, entry.getName(),
                        e);
            }
        }

        private ZipEntry entry(String storage) {
            return zip.getEntry(folder + "data/" + storage);
        }

        @Override
        public Object root() {
            return root;
        }

        /// Only stored entries: PyTorch never compresses, and a compressed one could claim any size.
        @Override
        public long bytes(String storage) {
            ZipEntry e = entry(storage);
            if (e == null) {
                return -1;
            }
            if (e.getMethod() != ZipEntry.STORED || e.getSize() != e.getCompressedSize()) {
                throw new FormatException("%s: %s is compressed; PyTorch stores tensors as they are", file,
                        e.getName());
            }
            if (e.getSize() < 0 || e.getSize() > length) {
                throw new FormatException("%s: %s is said to have %d bytes, but the whole file has %d", file,
                        e.getName(), e.getSize(), length);
            }
            return e.getSize();
        }

        @Override
        public ByteBuffer read(String storage) {
            ZipEntry e = entry(storage);
            int size = Math.toIntExact(bytes(storage));
            try (InputStream in = zip.getInputStream(e)) {
                byte[] all = in.readNBytes(size);
                if (all.length < size) {
                    throw new FormatException("%s: %s has %d bytes of %d (truncated)", file, e.getName(), all.length,
                            size);
                }
                return ByteBuffer.wrap(all).order(order);
            } catch (IOException problem) {
                throw new FormatException(problem, "%s: cannot read %s: %s", file, e.getName(), problem.getMessage());
            }
        }

        @Override
        public void close() {
            try {
                zip.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Five pickles (magic number, protocol, facts about the machine, the value, keys of the storages), then for each
    /// key the number of elements and the elements.
    final class InARow implements PthContainer {
        private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);

        private final String file;
        private final Object root;
        private final Map<String, ByteBuffer> storages = new HashMap<>();

        private InARow(String file, ByteBuffer in) {
            this.file = file;
            if (!MAGIC.equals(new Pickle(file, in).read())) {
                throw new FormatException("%s: is a pickle, but not one of torch.save's", file);
            }
            new Pickle(file, in).read();
            new Pickle(file, in).read();
            root = new Pickle(file, in).read();
            Map<String, Integer> elementBytes = new HashMap<>();
            widths(root, elementBytes, Collections.newSetFromMap(new IdentityHashMap<>()));
            if (!(new Pickle(file, in).read() instanceof List<?> keys)) {
                throw new FormatException("%s: has no list of storages", file);
            }
            in.order(ByteOrder.LITTLE_ENDIAN);
            for (Object key : keys) {
                if (!(key instanceof String name)) {
                    throw new FormatException("%s: has a storage without a name", file);
                }
                storage(in, name, elementBytes);
            }
        }

        static InARow open(String file, Path path) throws IOException {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                if (channel.size() > Integer.MAX_VALUE) {
                    throw new FormatException("%s: more than 2 GiB in PyTorch's format before 1.6; save it again with "
                            + "a newer PyTorch", file);
                }
                return new InARow(file, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
            }
        }

        private void storage(ByteBuffer in, String key, Map<String, Integer> elementBytes) {
            long elements = in.remaining() < 8 ? -1 : in.getLong();
            int width = elementBytes.getOrDefault(key, 1);
            if (elements < 0 || elements > in.remaining() / width) {
                throw new FormatException("%s: storage %s should have %d elements of %d bytes, but %d bytes are left "
                        + "(truncated?)", file, key, elements, width, in.remaining());
            }
            int bytes = Math.toIntExact(elements * width);
            storages.put(key, in.slice(in.position(), bytes).order(ByteOrder.LITTLE_ENDIAN));
            in.position(in.position() + bytes);
        }

        /// Element sizes by storage key, found in the persistent ids of all tensors.
        private static void widths(Object root, Map<String, Integer> found, Set<Object> seen) {
            Deque<Object> open = new ArrayDeque<>(List.of(root == null ? "" : root));
            while (!open.isEmpty()) {
                Object value = open.pop();
                if (value instanceof Map<?, ?> map && seen.add(map)) {
                    map.values().stream().filter(Objects::nonNull).forEach(open::push);
                } else if (value instanceof Pickle.Call call && seen.add(call)) {
                    call.arguments().items().stream().filter(Objects::nonNull).forEach(open::push);
                } else if (value instanceof Pickle.Persistent p && p.id() instanceof Pickle.Tuple id
                        && id.items().size() >= 3 && id.items().get(1) instanceof Pickle.Global type
                        && id.items().get(2) instanceof String key) {
                    ElementType element = ElementType.ofStorage(type.name());
                    found.put(key, element == null ? 1 : element.bytes());
                }
            }
        }

        @Override
        public Object root() {
            return root;
        }

        @Override
        public long bytes(String storage) {
            ByteBuffer b = storages.get(storage);
            return b == null ? -1 : b.limit();
        }

        @Override
        public ByteBuffer read(String storage) {
            return storages.get(storage);
        }

        @Override
        public void close() {
            // The mapping goes with the buffers.
        }
    }
}
