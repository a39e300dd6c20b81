package dev.sextant.kernels;

import dev.sextant.kernels.driver.RecordedStep;

/// A step that was run once and recorded, see [CudaBackend#record].
public final class Recording implements AutoCloseable {
    private final RecordedStep step;

    Recording(RecordedStep step) {
        this.step = step;
    }

    /// Queues all kernels of the step again, in one call of the driver. They read what lies now in the arrays that
    /// existed before the recording, and write the arrays that its first run wrote.
    public void replay() {
        step.replay();
    }

    /// Gives back the memory that no array of the step holds any more.
    @Override
    public void close() {
        step.close();
    }
}
