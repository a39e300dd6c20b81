package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;

/// What a compared engine must be able to do. All work with the values of `dev.sextant.bench.Formula`.
public interface PeerEngine {

    /// Training steps of plain SGD on one batch.
    ///
    /// @param dropout whether dropout layers drop; off for comparisons, since every engine draws its own masks
    Training training(BookNet net, int batch, boolean dropout);

    /// Inference on one batch.
    Inference inference(BookNet net, int batch);

    /// A network being trained.
    interface Training extends AutoCloseable {
        /// Forward, loss, backward, update.
        ///
        /// @return the loss before the update
        double step();

        @Override
        void close();
    }

    /// A network being asked.
    interface Inference extends AutoCloseable {
        /// The logits of the batch, copied to ordinary memory.
        float[] infer();

        @Override
        void close();
    }
}
