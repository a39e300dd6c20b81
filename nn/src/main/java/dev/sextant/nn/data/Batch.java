package dev.sextant.nn.data;

import dev.sextant.engine.NDArray;

/// Some images with their labels, on a device.
///
/// @param epoch  the epoch it belongs to
/// @param step   its place in the epoch, counted from 0
/// @param images float32 `[N, C, H, W]`, pixels in 0..1 before any augmentation
/// @param labels int32 `[N]`, or probabilities float32 `[N, classes]` where images are mixed
public record Batch(int epoch, int step, NDArray images, NDArray labels) {

    /// Number of images; the last batch of an epoch may have fewer than the others.
    public int size() {
        return labels.dim(0);
    }
}
