package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;

import dev.sextant.engine.error.DeviceException;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;

/// Work that was recorded instead of run, and is launched as a whole: one call of the driver in place of one per
/// kernel. It pays where kernels take little longer than their launch (some 10 µs), as in networks for small images.
///
/// Kernels, addresses and every other parameter are those of the recording; only the contents of memory are new.
public final class CudaGraph implements AutoCloseable {
    private static final int OLDEST_DRIVER = 11040;

    private final CudaContext context;
    private final CUgraphExec exec = new CUgraphExec();
    private boolean open = true;

    private CudaGraph(CudaContext context, CUgraph graph) {
        this.context = context;
        context.check(cuGraphInstantiate(exec, graph, 0), "cuGraphInstantiate", "preparing a recorded step");
    }

    /// Records what `body` queues on the compute stream; nothing of it runs. The body must not wait for the device, ask
    /// the driver for memory or copy to or from the host.
    public static CudaGraph record(CudaContext context, Runnable body) {
        context.attach();
        checkDriver();
        context.check(cuStreamBeginCapture(context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture", "starting to record");
        var graph = new CUgraph();
        int ended;
        context.recording(true);
        try {
            body.run();
        } finally {
            context.recording(false);
            ended = cuStreamEndCapture(context.stream(), graph);
        }
        context.check(ended, "cuStreamEndCapture", "ending a recording");
        try {
            return new CudaGraph(context, graph);
        } finally {
            cuGraphDestroy(graph);
        }
    }

    // JCuda's cuGraphInstantiate is cuGraphInstantiateWithFlags of the driver: missing, it would end the JVM.
    private static void checkDriver() {
        int[] version = new int[1];
        Cuda.check(cuDriverGetVersion(version), "cuDriverGetVersion", "asking the driver for its version");
        if (version[0] < OLDEST_DRIVER) {
            throw new DeviceException("cuda: recording a step needs a driver for CUDA %s or newer, this one supports "
                    + "%s. Run the step itself, or update the NVIDIA driver (470 or newer)",
                    CudaProbe.version(OLDEST_DRIVER), CudaProbe.version(version[0]));
        }
    }

    /// Queues everything that was recorded.
    public void launch() {
        context.attach();
        context.check(cuGraphLaunch(exec, context.stream()), "cuGraphLaunch", "launching a recorded step");
        context.queued("a recorded step");
    }

    /// Forgets the recording.
    @Override
    public void close() {
        if (open) {
            open = false;
            context.attach();
            context.check(cuGraphExecDestroy(exec), "cuGraphExecDestroy", "forgetting a recorded step");
        }
    }
}
