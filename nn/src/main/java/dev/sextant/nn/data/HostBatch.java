package dev.sextant.nn.data;

/// One batch in host memory: filled by the loader's thread, uploaded by the training thread, then filled again.
///
/// An upload wants an array of exactly the batch's size, so a last smaller batch has buffers of its own, made once.
final class HostBatch {
    private final int imageFloats;
    private final float[] fullImages;
    private final int[] fullLabels;
    private float[] restImages = new float[0];
    private int[] restLabels = new int[0];
    private final int classes;
    private final float[] fullProbabilities;
    private float[] restProbabilities = new float[0];

    private int step;
    private int count;
    private Throwable failure;

    /// @param classes of labels that are probabilities; 0 where they are class indices
    HostBatch(int batchSize, int imageFloats, int classes) {
        this.classes = classes;
        this.fullProbabilities = new float[Math.multiplyExact(batchSize, classes)];
        this.imageFloats = imageFloats;
        this.fullImages = new float[Math.multiplyExact(batchSize, imageFloats)];
        this.fullLabels = new int[batchSize];
    }

    /// Makes room for `count` images of batch `step`.
    void begin(int step, int count) {
        this.step = step;
        this.count = count;
        this.failure = null;
        if (count != fullLabels.length && count != restLabels.length) {
            restImages = new float[count * imageFloats];
            restLabels = new int[count];
            restProbabilities = new float[count * classes];
        }
    }

    /// Marks this batch as the news that loading failed.
    void fail(int step, Throwable failure) {
        this.step = step;
        this.failure = failure;
    }

    int step() {
        return step;
    }

    int count() {
        return count;
    }

    Throwable failure() {
        return failure;
    }

    float[] images() {
        return count == fullLabels.length ? fullImages : restImages;
    }

    int[] labels() {
        return count == fullLabels.length ? fullLabels : restLabels;
    }

    float[] probabilities() {
        return count == fullLabels.length ? fullProbabilities : restProbabilities;
    }
}
