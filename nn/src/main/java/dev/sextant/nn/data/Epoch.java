package dev.sextant.nn.data;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// The batches of one epoch, made ahead by a daemon thread. Two queues pass the loader's host buffers round: empty ones
/// to that thread, filled ones back. Closing it (its loader does that too) ends the thread, as reading to the end does.
public final class Epoch implements Iterator<Batch>, AutoCloseable {
    private final BatchLoader loader;
    private final int number;
    private final BlockingQueue<HostBatch> empty;
    private final BlockingQueue<HostBatch> filled;
    private final Thread thread;
    private int nextStep;
    private boolean closed;

    Epoch(BatchLoader loader, int number, int fromStep) {
        this.loader = loader;
        this.number = number;
        this.nextStep = fromStep;
        var buffers = loader.buffers();
        this.empty = new ArrayBlockingQueue<>(buffers.length);
        this.filled = new ArrayBlockingQueue<>(buffers.length);
        for (HostBatch buffer : buffers) {
            empty.add(buffer);
        }
        this.thread = Thread.ofPlatform().daemon().name("sextant-loader").unstarted(() -> produce(fromStep));
        thread.start();
    }

    /// The number given when it was opened.
    public int number() {
        return number;
    }

    /// The step of the next batch; after the last one, the number of steps.
    public int nextStep() {
        return nextStep;
    }

    @Override
    public boolean hasNext() {
        return nextStep < loader.steps();
    }

    /// The next batch, in arrays of the caller's scope.
    ///
    /// @throws DataException if the batch could not be loaded; the cause says why
    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException("epoch " + number + " has only " + loader.steps() + " batches");
        }
        if (closed) {
            throw new DataException("batches: epoch %d was closed at step %d: open it again with loader.epoch(%d, %d)",
                    number, nextStep, number, nextStep);
        }
        HostBatch host = take();
        if (host.failure() != null) {
            close();
            throw new DataException(host.failure(), "batches: loading batch %d of epoch %d failed: %s", host.step(),
                    number, host.failure());
        }
        int n = host.count();
        var shape = loader.imageShape();
        var images = NDArray.of(host.images(), Shape.of(n, shape.dim(0), shape.dim(1), shape.dim(2)), loader.device());
        var labels = loader.options().augmentation().mixes()
                ? NDArray.of(host.probabilities(), Shape.of(n, loader.dataset().classNames().size()), loader.device())
                : NDArray.of(host.labels(), Shape.of(n), loader.device());
        // The copies are done: the buffer may be filled again.
        empty.add(host);
        return new Batch(number, nextStep++, images, labels);
    }

    private HostBatch take() {
        try {
            return filled.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(e, "batches: interrupted while waiting for batch %d of epoch %d", nextStep, number);
        }
    }

    /// The loader's thread: fills buffers until the epoch is complete, the epoch is closed, or something fails.
    private void produce(int fromStep) {
        HostBatch current = null;
        int step = fromStep;
        try {
            var filler = new BatchFiller(loader.dataset(), loader.options(), loader.order(number), number);
            for (; step < loader.steps(); step++) {
                current = empty.take();
                filler.fill(step, current);
                filled.add(current);
                current = null;
            }
        } catch (InterruptedException e) {
            // Closed: nobody waits for more.
        } catch (Throwable e) {
            // Everything, an OutOfMemoryError too, belongs to the thread that waits for the batch.
            var news = current != null ? current : new HostBatch(0, 0, 0);
            news.fail(step, e);
            filled.add(news);
        }
    }

    /// Ends the loader's thread and waits until it has let go of the buffers.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            thread.interrupt();
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
