package dev.sextant.engine.cpu;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// The threads that share a kernel's work. A region is a number of chunks that depends on the problem alone; whoever
/// computes a chunk, and in which order, never changes a result.
///
/// One region runs at a time: a caller that finds the workers busy runs its own chunks itself, so nothing waits and
/// nothing deadlocks, and many inferences can run at once. Idle workers spin briefly, then park; with more threads
/// than processors they park at once.
public final class Workers {
    private static final Map<Integer, Workers> BY_COUNT = new ConcurrentHashMap<>();
    private static final int SPINS = 4_000;

    private final int threads;
    private final Worker[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Region region;

    /// A chunk of work.
    @FunctionalInterface
    public interface Task {
        /// Computes chunk `index`.
        void run(int index);
    }

    private Workers(int threads) {
        this.threads = threads;
        this.workers = new Worker[threads - 1];
        boolean spin = threads <= Runtime.getRuntime().availableProcessors();
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("sextant-worker-" + threads + "-" + (i + 1), spin ? SPINS : 0);
            workers[i].start();
        }
    }

    /// The workers for a number of threads, the calling one included; shared by all who ask for that number.
    public static Workers of(int threads) {
        return BY_COUNT.computeIfAbsent(threads, Workers::new);
    }

    /// Number of threads that compute, the caller included.
    public int threads() {
        return threads;
    }

    /// Runs chunks `0 … chunks−1` and returns when all are done. An exception in a chunk reaches the caller.
    public void run(int chunks, Task task) {
        if (chunks <= 1 || threads == 1 || !busy.compareAndSet(false, true)) {
            for (int i = 0; i < chunks; i++) {
                task.run(i);
            }
            return;
        }
        try {
            var mine = new Region(task, chunks);
            region = mine;
            for (Worker worker : workers) {
                if (worker.parked) {
                    LockSupport.unpark(worker);
                }
            }
            mine.work();
            mine.awaitAll();
            region = null;
            mine.rethrow();
        } finally {
            busy.set(false);
        }
    }

    private static final class Region {
        private final Task task;
        private final int chunks;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile Throwable failure;

        Region(Task task, int chunks) {
            this.task = task;
            this.chunks = chunks;
        }

        void work() {
            for (int i = next.getAndIncrement(); i < chunks; i = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        task.run(i);
                    }
                } catch (Throwable t) {
                    failure = t;
                } finally {
                    done.incrementAndGet();
                }
            }
        }

        void awaitAll() {
            for (int spins = 0; done.get() < chunks; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    Thread.yield();
                }
            }
        }

        void rethrow() {
            switch (failure) {
                case null -> {
                }
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable t -> throw new IllegalStateException(t);
            }
        }
    }

    private final class Worker extends Thread {
        private final int spinLimit;
        private volatile boolean parked;

        Worker(String name, int spinLimit) {
            super(name);
            this.spinLimit = spinLimit;
            setDaemon(true);
        }

        @Override
        public void run() {
            Region seen = null;
            while (true) {
                seen = awaitRegion(seen);
                seen.work();
            }
        }

        private Region awaitRegion(Region seen) {
            int spins = 0;
            while (true) {
                Region current = region;
                if (current != null && current != seen) {
                    return current;
                }
                if (spins++ < spinLimit) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    // Looked at again after announcing the nap, so that a region published in between is not missed.
                    if (region == null || region == seen) {
                        LockSupport.park(Workers.this);
                    }
                    parked = false;
                    spins = 0;
                }
            }
        }
    }
}
