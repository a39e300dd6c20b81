package dev.sextant.kernels.library;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.driver.CudaContext;
import java.util.function.ToIntFunction;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;

/// cuDNN for one context and its stream. A handle serves one thread at a time and keeps the stream it was last given,
/// so every call takes its turn and sets the stream.
///
/// JCudnn's own exceptions stay off, and its table of status codes is not used: both are cuDNN 8's. The text of an
/// error comes from the library itself.
public final class Cudnn {
    private final CudaContext context;
    private final cudaStream_t stream;
    private final cudnnHandle handle = new cudnnHandle();

    /// Opens the library.
    public Cudnn(CudaContext context) {
        NvidiaLibrary.CUDNN.load();
        this.context = context;
        this.stream = new cudaStream_t(context.stream());
        context.attach();
        check(JCudnn.cudnnCreate(handle), "cudnnCreate", "opening cuDNN");
    }

    /// The version, for example `9.5.1`.
    public String version() {
        long version = JCudnn.cudnnGetVersion();
        return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
    }

    /// Makes one call on the compute stream.
    ///
    /// @param what what it computes, for the message if it fails
    void run(String function, Object what, ToIntFunction<cudnnHandle> call) {
        check(ask(function, call), function, what);
    }

    /// Makes one call and returns its status.
    synchronized int ask(String function, ToIntFunction<cudnnHandle> call) {
        context.attach();
        check(JCudnn.cudnnSetStream(handle, stream), "cudnnSetStream", "setting the stream");
        context.queued(function);
        return call.applyAsInt(handle);
    }

    /// Fails unless `status` is success.
    static void check(int status, String function, Object what) {
        if (status != 0) {
            throw new DeviceException("cuda: %s failed with %d (%s) while computing %s; the documentation of cuDNN "
                    + "says what the code means, and --gpu-lib own computes without it", function, status,
                    JCudnn.cudnnGetErrorString(status), what);
        }
    }
}
