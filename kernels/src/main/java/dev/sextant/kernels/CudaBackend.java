package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Backend;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Storage;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.CudaProbe.Answer.Usable;
import dev.sextant.kernels.driver.CudaProbe.Answer;
import dev.sextant.kernels.driver.CudaProbe;
import dev.sextant.kernels.driver.DeviceFacts;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.RecordedStep;
import dev.sextant.kernels.driver.Staging;
import dev.sextant.kernels.driver.StreamTimer;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.settings.GpuSettings;
import java.util.Map;

/// Arrays in the memory of a GPU, computed on one stream by our own kernels, or by cuBLAS and cuDNN where they can.
public final class CudaBackend implements Backend {
    private final Usable device;
    private final CudaContext context;
    private final DeviceMemory memory;
    private final Staging staging;
    private final CudaKernels kernels;

    CudaBackend(Usable device, GpuSettings settings) {
        this.device = device;
        this.context = new CudaContext(0);
        this.memory = new DeviceMemory(context);
        this.staging = new Staging(context);
        this.kernels = settings.libraries() ? new LibraryKernels(context, memory, settings)
                : new CudaKernels(context, memory);
    }

    /// A device with settings of its own, on a stream of its own.
    ///
    /// @throws DeviceException if there is no usable GPU, or a library that the settings ask for is missing
    public static CudaBackend open(GpuSettings settings) {
        return switch (CudaProbe.look()) {
            case Answer.Missing missing -> throw new DeviceException("cuda: %s", missing.reason());
            case Usable usable -> new CudaBackend(usable, settings);
        };
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String describe() {
        return "%s, compute capability %d.%d, driver for CUDA %s, %s".formatted(device.device(),
                device.capability() / 10, device.capability() % 10, CudaProbe.version(device.driver()),
                kernels instanceof LibraryKernels ? kernels : GpuSettings.OWN);
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public boolean supports(DType dtype) {
        return dtype != DType.FLOAT64;
    }

    @Override
    public Storage allocate(DType dtype, long elements, boolean pooled) {
        if (!supports(dtype)) {
            throw new DTypeException("cuda does not compute with %s; use the device 'ref'", dtype);
        }
        context.attach();
        return new CudaStorage(dtype, elements, memory);
    }

    @Override
    public void upload(Object host, NDArray target) {
        NDArray dense = target.isContiguous() ? target
                : NDArray.empty(target.shape(), target.dtype(), target.device());
        staging.upload(host, Math.toIntExact(dense.size()), CudaStorage.address(dense));
        CudaStorage.uploaded(dense, host);
        if (dense != target) {
            kernels.copy(dense, target, Write.SET);
        }
    }

    @Override
    public void download(NDArray source, Object host) {
        staging.download(CudaStorage.address(source), host, Math.toIntExact(source.size()));
    }

    @Override
    public void synchronize() {
        context.synchronize();
    }

    @Override
    public String algorithm(OpSpec spec, NDArray... inputs) {
        return kernels.algorithm(spec, inputs);
    }

    /// Memory, multiprocessors and clocks of the device, by name with the unit.
    public Map<String, Long> facts() {
        return DeviceFacts.of(0);
    }

    /// Whether something was queued that nobody has waited for since: a time taken now would be that of launching.
    public boolean hasPendingWork() {
        return context.hasPendingWork();
    }

    /// How long the device takes for what `work` queues, in milliseconds by the device's own clock; waits for it.
    /// Meaningless on the simulator, whose clock counts operations.
    public double milliseconds(Runnable work) {
        try (var timer = new StreamTimer(context)) {
            return timer.milliseconds(work);
        }
    }

    /// Whether device memory is kept for the next array (the default), or every array is a block of its own for tools
    /// that watch memory accesses.
    public void cacheMemory(boolean keep) {
        memory.cache(keep);
    }

    /// Runs a step and records its kernels, to be replayed in one call of the driver each time. The step opens a
    /// [dev.sextant.engine.Scope] of its own, neither reads nor uploads anything, and every number that is no array
    /// (a learning rate, Adam's step count, dropout's position) is as recorded. Close it before the device's last use.
    public Recording record(Runnable step) {
        return new Recording(new RecordedStep(context, memory, step));
    }

    /// What the device's memory is doing, in one line.
    public String describeMemory() {
        return memory.statistics().toString();
    }

    /// Takes one rung of the SGEMM ladder for every matrix product from now on, for teaching and benchmarks; with null,
    /// the modelled best for each shape again.
    public void useSgemm(SgemmRung rung) {
        kernels.use(rung);
    }

    /// How many bytes of patches im2col makes at a time (256 MiB unless told), at least one image's.
    public void limitPatches(long bytes) {
        kernels.limitPatches(bytes);
    }

    /// How many blocks a grid may have along an axis that its kernel walks in strides (what fills a device unless told):
    /// few, and small arrays are walked as huge ones are.
    public void limitGrid(int blocks) {
        kernels.limitGrid(blocks);
    }

    /// Takes one rung of the convolution ladder wherever it supports the geometry; with null, the modelled best again.
    public void useConvolution(ConvAlgorithm algorithm) {
        kernels.use(algorithm);
    }
}
