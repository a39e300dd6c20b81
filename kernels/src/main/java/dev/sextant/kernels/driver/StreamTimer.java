package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;

import jcuda.driver.CUevent;

/// Measures work on the compute stream by two events, one before and one after it: the time that the device took,
/// without that of the host.
public final class StreamTimer implements AutoCloseable {
    private final CudaContext context;
    private final CUevent before = new CUevent();
    private final CUevent after = new CUevent();

    /// @param context whose compute stream is timed
    public StreamTimer(CudaContext context) {
        this.context = context;
        context.attach();
        context.check(cuEventCreate(before, 0), "cuEventCreate", "making a timer");
        context.check(cuEventCreate(after, 0), "cuEventCreate", "making a timer");
    }

    /// Milliseconds that the device took for what `work` queued; returns when it has finished.
    public double milliseconds(Runnable work) {
        context.attach();
        context.check(cuEventRecord(before, context.stream()), "cuEventRecord", "starting a timer");
        work.run();
        context.check(cuEventRecord(after, context.stream()), "cuEventRecord", "stopping a timer");
        context.check(cuEventSynchronize(after), "cuEventSynchronize", "waiting for a timed kernel");
        context.synchronize();
        float[] elapsed = new float[1];
        context.check(cuEventElapsedTime(elapsed, before, after), "cuEventElapsedTime", "reading a timer");
        return elapsed[0];
    }

    @Override
    public void close() {
        cuEventDestroy(before);
        cuEventDestroy(after);
    }
}
