package dev.sextant.nn.data;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.random.Philox;

/// Turns a [Dataset] into [Batch]es on a device: float32 images `[N, C, H, W]`, each pixel `(float) v / 255`, and int32
/// labels `[N]`; or what an [Augmentation] makes of them.
///
/// ```java
/// try (var loader = new BatchLoader(data, BatchOptions.training(256, seed), device)) {
///     for (int e = 0; e < epochs; e++) {
///         for (var batches = loader.epoch(e); batches.hasNext(); ) {
///             try (var step = Scope.open()) {
///                 Batch batch = batches.next();
///                 …
///             }
///         }
///     }
/// }
/// ```
///
/// **Order.** The order of an epoch is a pure function of (seed, epoch, size of the data set):
/// `Philox.permutation(seed, SHUFFLE_STREAM + epoch, size)`. So an epoch can be entered at any step, and a resumed
/// training sees the batches that the uninterrupted one would have seen.
///
/// **Threads and ownership.** A daemon thread reads, resizes and scales a few batches ahead into host buffers that
/// belong to the loader and are used again and again. [Epoch#next], on the training thread, copies one buffer into new
/// arrays: these belong to the caller, die with the caller's [dev.sextant.engine.Scope] if one is open, and never
/// change afterwards. One thread at a time may use a loader, and one epoch of it is open at a time: opening the next
/// closes the one before.
public final class BatchLoader implements BatchSource, AutoCloseable {
    /// Stream of the shuffle of epoch 0; epoch `e` uses this plus `e`. ("SHUF" in the upper half keeps clear of the
    /// streams of initialisers and dropout.)
    public static final long SHUFFLE_STREAM = 0x53485546L << 32;

    private final Dataset data;
    private final BatchOptions options;
    private final Device device;
    private final Shape imageShape;
    private final HostBatch[] buffers;
    private Epoch open;
    private boolean closed;

    /// A loader that puts batches of `data` on `device`.
    public BatchLoader(Dataset data, BatchOptions options, Device device) {
        this.data = data;
        this.options = options;
        this.device = device;
        this.imageShape = options.imageShape(data.imageShape());
        long floats = imageShape.size() * options.batchSize();
        if (floats > Integer.MAX_VALUE - 16) {
            throw new DataException("batches: %d images %s are %d values, over the limit of 2^31; use a smaller batch",
                    options.batchSize(), imageShape, floats);
        }
        this.buffers = new HostBatch[options.prefetch() + 1];
    }

    /// The batches of one epoch, from the first.
    public Epoch epoch(int epoch) {
        return epoch(epoch, 0);
    }

    /// The batches of one epoch from `fromStep` on; `fromStep` equal to [#steps] gives an epoch without batches.
    ///
    /// @throws DataException if the epoch has no such step, or the loader is closed
    @Override
    public Epoch epoch(int epoch, int fromStep) {
        if (closed) {
            throw new DataException("batches: the loader is closed");
        }
        if (epoch < 0 || fromStep < 0 || fromStep > steps()) {
            throw new DataException("batches: epoch %d, step %d: an epoch of %d images in batches of %d has the steps "
                    + "0..%d", epoch, fromStep, data.size(), options.batchSize(), steps());
        }
        closeOpenEpoch();
        for (int i = 0; i < buffers.length && buffers[i] == null; i++) {
            buffers[i] = new HostBatch(options.batchSize(), (int) imageShape.size(),
                    options.augmentation().mixes() ? data.classNames().size() : 0);
        }
        open = new Epoch(this, epoch, fromStep);
        return open;
    }

    /// Number of batches in an epoch.
    @Override
    public int steps() {
        int full = data.size() / options.batchSize();
        return options.dropLast() || data.size() % options.batchSize() == 0 ? full : full + 1;
    }

    /// Number of images that an epoch passes on: those of the data set, less what `dropLast` leaves out.
    public int imagesPerEpoch() {
        return options.dropLast() ? steps() * options.batchSize() : data.size();
    }

    /// The data set behind the batches.
    public Dataset dataset() {
        return data;
    }

    /// How the batches are cut.
    public BatchOptions options() {
        return options;
    }

    /// Where the batches are put.
    public Device device() {
        return device;
    }

    /// Shape of an image in a batch, `[C, H, W]`, after a resize.
    public Shape imageShape() {
        return imageShape;
    }

    /// Indices into the data set in the order of an epoch.
    int[] order(int epoch) {
        if (options.shuffle()) {
            return Philox.permutation(options.seed(), SHUFFLE_STREAM + epoch, data.size());
        }
        int[] order = new int[data.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        return order;
    }

    HostBatch[] buffers() {
        return buffers;
    }

    private void closeOpenEpoch() {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /// Ends the loader's thread, if one runs. Batches handed out stay valid.
    @Override
    public void close() {
        closed = true;
        closeOpenEpoch();
    }
}
