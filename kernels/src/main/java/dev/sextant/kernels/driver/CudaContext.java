package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/// The primary context of one device, with the one stream that all computing is queued on. The primary context is the
/// one that cuBLAS and cuDNN use too, which is why no other is ever made.
///
/// Any thread may use it: each public method of the backend begins with [#attach].
public final class CudaContext {
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final int capability;
    private final long memoryBytes;
    private volatile boolean recording;
    private volatile boolean pending;
    private volatile String lastOperation = "nothing yet";

    /// Opens device number `ordinal`.
    public CudaContext(int ordinal) {
        Cuda.check(cuInit(0), "cuInit", "starting the driver");
        var device = new CUdevice();
        Cuda.check(cuDeviceGet(device, ordinal), "cuDeviceGet", "opening device " + ordinal);
        capability = 10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        memoryBytes = memory(device);
        Cuda.check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain", "opening device " + ordinal);
        attach();
        Cuda.check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate",
                "making the compute stream");
    }

    private static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        Cuda.check(cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute", "asking the device");
        return value[0];
    }

    private static long memory(CUdevice device) {
        long[] bytes = new long[1];
        Cuda.check(cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", "asking the device");
        return bytes[0];
    }

    /// Compute capability times ten, for example 90.
    public int capability() {
        return capability;
    }

    /// The device's memory, whoever uses it.
    public long memoryBytes() {
        return memoryBytes;
    }

    /// Makes the context current on the calling thread. Cheap, and never skipped: another library may have changed it.
    public void attach() {
        Cuda.check(cuCtxSetCurrent(context), "cuCtxSetCurrent", "attaching " + Thread.currentThread().getName());
    }

    /// Whether what is queued is being recorded and not run.
    public boolean isRecording() {
        return recording;
    }

    void recording(boolean on) {
        recording = on;
    }

    /// The stream of all kernels and copies.
    public CUstream stream() {
        return stream;
    }

    /// Notes what is queued, for the message of an error that shows up later.
    public void queued(String operation) {
        lastOperation = operation;
        pending = true;
    }

    /// Whether something was queued that nobody has waited for since.
    public boolean hasPendingWork() {
        return pending;
    }

    /// Notes that what was queued last has finished, and with it, in one stream, everything before.
    void caughtUp() {
        pending = false;
    }

    /// Waits until everything queued has finished.
    public void synchronize() {
        attach();
        pending = false;
        check(cuStreamSynchronize(stream), "cuStreamSynchronize", "waiting for the device");
    }

    /// Fails unless `result` is success. Errors of queued work appear late, so the last one queued is named too.
    public void check(int result, String call, String what) {
        if (result != 0) {
            Cuda.check(result, call, what + " (last queued: " + lastOperation + ")");
        }
    }
}
