package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;

/// How a [BatchLoader] cuts a data set into batches.
///
/// @param batchSize images per batch
/// @param shuffle   whether every epoch has an order of its own; otherwise the order is the data set's
/// @param seed      decides the orders, together with the epoch's number
/// @param dropLast  whether the rest of an epoch that does not fill a batch is left out
/// @param imageSize height and width to resize the images to; 0 leaves them as they are
/// @param prefetch  batches made ahead, at least 1; each costs a buffer of one batch in host memory
/// @param augmentation how images are changed; its random numbers follow from `seed` too
public record BatchOptions(int batchSize, boolean shuffle, long seed, boolean dropLast, int imageSize, int prefetch,
        Augmentation augmentation) {
    private static final int PREFETCH = 3;

    /// Checks the numbers.
    public BatchOptions {
        if (batchSize < 1 || prefetch < 1 || imageSize < 0) {
            throw new DataException("batches: need batchSize >= 1, prefetch >= 1 and imageSize >= 0 (0 is no resize), "
                    + "but got batchSize=%d, prefetch=%d, imageSize=%d", batchSize, prefetch, imageSize);
        }
    }

    /// For training: a new order every epoch, the last smaller batch included.
    public static BatchOptions training(int batchSize, long seed) {
        return new BatchOptions(batchSize, true, seed, false, 0, PREFETCH, Augmentation.none());
    }

    /// For evaluation: in the data set's order, all images.
    public static BatchOptions inOrder(int batchSize) {
        return new BatchOptions(batchSize, false, 0, false, 0, PREFETCH, Augmentation.none());
    }

    /// The same with images resized to `size × size`, as [PillowResize] does it; 0 leaves them as they are.
    public BatchOptions withImageSize(int size) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, size, prefetch, augmentation);
    }

    /// The same, leaving out (or not) a last batch that is not full.
    public BatchOptions withDropLast(boolean drop) {
        return new BatchOptions(batchSize, shuffle, seed, drop, imageSize, prefetch, augmentation);
    }

    /// The same with another number of batches made ahead.
    public BatchOptions withPrefetch(int batches) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, imageSize, batches, augmentation);
    }

    /// The same with images changed on their way.
    public BatchOptions withAugmentation(Augmentation changes) {
        return new BatchOptions(batchSize, shuffle, seed, dropLast, imageSize, prefetch, changes);
    }

    /// Shape of an image in a batch, `[C, H, W]`.
    Shape imageShape(Shape original) {
        return imageSize == 0 ? original : Shape.of(original.dim(0), imageSize, imageSize);
    }
}
