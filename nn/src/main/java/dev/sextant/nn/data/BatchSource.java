package dev.sextant.nn.data;

import java.util.Iterator;

/// Where a training loop gets its batches: any number of epochs, each of which can be entered at any step.
public interface BatchSource {

    /// Number of batches in an epoch.
    int steps();

    /// The batches of an epoch (counted from 0) from a step on, in an order that depends on the epoch alone.
    Iterator<Batch> epoch(int epoch, int fromStep);
}
