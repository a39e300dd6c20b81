package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.List;

/// Labelled images of one size: image `i` is `[C, H, W]` unsigned bytes, row-major, and belongs to class `label(i)`.
///
/// Implementations are immutable and may be read by many threads at once: a [BatchLoader] reads on a thread of its own.
public interface Dataset {

    /// Number of images.
    int size();

    /// Shape of every image, `[C, H, W]`.
    Shape imageShape();

    /// The names of the classes; labels index this list.
    List<String> classNames();

    /// The class of image `index`, `0 … classNames().size()-1`.
    int label(int index);

    /// Copies the `C·H·W` pixels of image `index` into `target`, starting at `offset`.
    void readImage(int index, byte[] target, int offset);

    /// The images `from … to-1`, as a view.
    ///
    /// @throws DataException if the range is not inside this data set
    default Dataset range(int from, int to) {
        if (from < 0 || to < from || to > size()) {
            throw new DataException("range: images %d..%d (exclusive) are not inside a data set of %d images", from,
                    to, size());
        }
        int[] indices = new int[to - from];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = from + i;
        }
        return new Subset(this, indices);
    }

    /// The images with these indices, in this order, as a view. An index may repeat.
    ///
    /// @throws DataException if an index is not in this data set
    default Dataset subset(int... indices) {
        for (int index : indices) {
            if (index < 0 || index >= size()) {
                throw new DataException("subset: there is no image %d in a data set of %d images", index, size());
            }
        }
        return new Subset(this, indices.clone());
    }

    /// The first `count` images and the rest, as views: `[0, count)` and `[count, size)`.
    default Split split(int count) {
        return new Split(range(0, count), range(count, size()));
    }

    /// Two parts of a data set.
    record Split(Dataset first, Dataset rest) {
    }
}
