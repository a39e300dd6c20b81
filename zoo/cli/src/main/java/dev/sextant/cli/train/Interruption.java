package dev.sextant.cli.train;

import dev.sextant.cli.ExitCode;
import java.util.concurrent.CountDownLatch;

/// Turns Ctrl-C and SIGTERM into a wish to stop. The JVM answers both by running its shutdown hooks; ours passes the
/// wish on and keeps the process alive until the run has put its affairs in order, then ends it with the exit code of
/// an interrupted program.
final class Interruption implements AutoCloseable {
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean wished;
    private volatile int exitCode = ExitCode.INTERRUPTED;

    /// @param stop called once, on another thread, when the user wants to stop
    Interruption(Runnable stop) {
        hook = new Thread(() -> {
            wished = true;
            stop.run();
            try {
                settled.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(exitCode);
        }, "sextant-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether the user wants to stop.
    boolean isWished() {
        return wished;
    }

    /// The run could not be ended in order: an interrupted process says so by its exit code.
    void failed() {
        exitCode = ExitCode.FAILURE;
    }

    /// Everything is in order: an interrupted process ends here, any other one goes on without the hook.
    @Override
    public void close() {
        settled.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is being shut down: the hook is running and ends it.
            wished = true;
        }
    }
}
