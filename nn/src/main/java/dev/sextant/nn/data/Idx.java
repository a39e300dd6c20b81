package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.error.FormatException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// An array of unsigned bytes in the IDX format of MNIST and Fashion-MNIST, gzipped or not:
///
/// | bytes    | content                                                  |
/// |----------|----------------------------------------------------------|
/// | 0, 1     | zero                                                     |
/// | 2        | element type; `0x08` is unsigned byte, the only one read |
/// | 3        | rank `r`                                                 |
/// | 4 … 4r+3 | `r` extents, 32 bits, big-endian                         |
/// | 4r+4 …   | the elements, row-major, up to the end of the file       |
///
/// The reader trusts nothing: it never takes more memory than the data that are there, and never reads further than the
/// header (itself checked against a limit) announces, so that neither huge extents nor a gzip bomb do harm.
///
/// @param shape the extents
/// @param bytes the elements, row-major; not copied
/// @see <a href="http://yann.lecun.com/exdb/mnist/">LeCun, Cortes and Burges: the MNIST database, file formats</a>
public record Idx(Shape shape, byte[] bytes) {
    /// The most elements that [#read(Path)] accepts: 1 GiB, twenty times the largest file of MNIST.
    public static final long DEFAULT_LIMIT = 1L << 30;

    private static final int UNSIGNED_BYTE = 0x08;
    private static final int MAX_RANK = 4;
    private static final int GZIP_MAGIC_0 = 0x1f;
    private static final int GZIP_MAGIC_1 = 0x8b;

    /// Reads a file of at most [#DEFAULT_LIMIT] elements.
    ///
    /// @throws DataException   if the file cannot be read
    /// @throws FormatException if it is not a well-formed IDX file of unsigned bytes
    public static Idx read(Path file) {
        return read(file, DEFAULT_LIMIT);
    }

    /// Reads a file of at most `limit` elements.
    public static Idx read(Path file, long limit) {
        try (var in = Files.newInputStream(file)) {
            return read(file.toString(), in, limit);
        } catch (NoSuchFileException e) {
            throw new DataException(e, "%s: there is no such file", file);
        } catch (IOException e) {
            throw new DataException(e, "%s: cannot be read: %s", file, e.getMessage());
        }
    }

    /// Reads a file's content that is in memory already.
    ///
    /// @param name what error messages call it
    public static Idx parse(String name, byte[] content) {
        try {
            return read(name, new ByteArrayInputStream(content), DEFAULT_LIMIT);
        } catch (IOException e) {
            throw new FormatException(e, "%s: %s", name, e.getMessage());
        }
    }

    /// Reads a stream to its end; a gzipped one is recognised by its first two bytes.
    ///
    /// @param name  what error messages call it
    /// @param limit the most elements to accept
    /// @throws IOException if the stream itself fails
    public static Idx read(String name, InputStream in, long limit) throws IOException {
        try {
            return readPlain(name, plain(in), limit);
        } catch (EOFException e) {
            throw new FormatException(e, "%s: truncated: the gzip data end too early; fetch the file again", name);
        } catch (ZipException e) {
            throw new FormatException(e, "%s: damaged gzip data (%s); fetch the file again", name, e.getMessage());
        }
    }

    /// The stream, unpacked if it is gzipped.
    private static InputStream plain(InputStream in) throws IOException {
        var ahead = new PushbackInputStream(in, 2);
        byte[] first = ahead.readNBytes(2);
        ahead.unread(first);
        boolean gzip = first.length == 2 && (first[0] & 0xFF) == GZIP_MAGIC_0 && (first[1] & 0xFF) == GZIP_MAGIC_1;
        return gzip ? new GZIPInputStream(ahead, 1 << 16) : ahead;
    }

    private static Idx readPlain(String name, InputStream in, long limit) throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length < 4) {
            throw new FormatException("%s: an IDX file starts with 4 bytes of magic, but this one ends after %d", name,
                    magic.length);
        }
        if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE) {
            throw new FormatException("%s: not an IDX file of unsigned bytes: it starts with %02x%02x%02x%02x, but "
                    + "0000 08 and the rank are needed", name, magic[0], magic[1], magic[2], magic[3]);
        }
        int rank = magic[3] & 0xFF;
        if (rank < 1 || rank > MAX_RANK) {
            throw new FormatException("%s: rank %d is outside 1..%d", name, rank, MAX_RANK);
        }
        byte[] header = in.readNBytes(4 * rank);
        if (header.length < 4 * rank) {
            throw new FormatException("%s: truncated: a rank of %d needs a header of %d bytes, but the file ends after "
                    + "%d", name, rank, 4 + 4 * rank, 4 + header.length);
        }
        int[] dims = new int[rank];
        int size = checkedSize(name, header, dims, limit);
        // Grows with the data that arrive, not with what the header promises.
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new FormatException("%s: truncated: extents %s need %d bytes of data, but there are %d", name,
                    Arrays.toString(dims), size, bytes.length);
        }
        if (in.read() >= 0) {
            throw new FormatException("%s: there are more bytes after the %d that extents %s announce", name, size,
                    Arrays.toString(dims));
        }
        return new Idx(Shape.of(dims), bytes);
    }

    private static int checkedSize(String name, byte[] header, int[] dims, long limit) {
        for (int axis = 0; axis < dims.length; axis++) {
            int at = 4 * axis;
            dims[axis] = (header[at] & 0xFF) << 24 | (header[at + 1] & 0xFF) << 16 | (header[at + 2] & 0xFF) << 8
                    | header[at + 3] & 0xFF;
            if (dims[axis] < 0) {
                throw new FormatException("%s: extent %d of axis %d is over 2^31-1", name,
                        Integer.toUnsignedLong(dims[axis]), axis);
            }
        }
        // A zero extent must not hide an overflow of the others: the product is taken over max(extent, 1).
        long most = Math.min(limit, Integer.MAX_VALUE - 16);
        long product = 1;
        boolean empty = false;
        for (int extent : dims) {
            empty |= extent == 0;
            product *= Math.max(extent, 1);
            if (product > most) {
                throw new FormatException("%s: extents %s are more than the %d elements accepted here", name,
                        Arrays.toString(dims), most);
            }
        }
        return empty ? 0 : (int) product;
    }

    /// The bytes that stand before [#bytes] in an unpacked file.
    public byte[] header() {
        var header = ByteBuffer.allocate(4 + 4 * shape.rank()).putInt(UNSIGNED_BYTE << 8 | shape.rank());
        for (int extent : shape.dims()) {
            header.putInt(extent);
        }
        return header.array();
    }

    /// Images `[n, H, W]` and labels `[n]` joined to a data set of grey images `[1, H, W]`.
    ///
    /// @param name       what error messages call the data set
    /// @param classNames names of the classes; labels index it
    /// @throws FormatException if ranks, counts or labels do not fit together
    public static ImageDataset dataset(String name, Idx images, Idx labels, List<String> classNames) {
        if (images.shape.rank() != 3 || labels.shape.rank() != 1 || images.shape.dim(0) != labels.shape.dim(0)) {
            throw new FormatException("%s: images [n, H, W] and labels [n] are needed, but images are %s and labels %s",
                    name, images.shape, labels.shape);
        }
        int[] classes = new int[labels.bytes.length];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = labels.bytes[i] & 0xFF;
            if (classes[i] >= classNames.size()) {
                throw new FormatException("%s: image %d has label %d, but there are only the %d classes %s", name, i,
                        classes[i], classNames.size(), classNames);
            }
        }
        if (images.shape.dim(1) == 0 || images.shape.dim(2) == 0) {
            throw new FormatException("%s: images %s have no pixels", name, images.shape);
        }
        var imageShape = Shape.of(1, images.shape.dim(1), images.shape.dim(2));
        return new ImageDataset(imageShape, images.bytes, classes, classNames);
    }
}
