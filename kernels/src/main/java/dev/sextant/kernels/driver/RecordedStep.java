package dev.sextant.kernels.driver;

/// A step that was run once and recorded, with the memory that its temporary arrays share between replays.
public final class RecordedStep implements AutoCloseable {
    private final DeviceMemory memory;
    private final BlockPool pool = new BlockPool();
    private final CudaGraph graph;

    /// Runs `step`, then records it, so that modules are loaded and memory is there when recording begins. The step's
    /// Java code therefore runs twice, its kernels once.
    public RecordedStep(CudaContext context, DeviceMemory memory, Runnable step) {
        this.memory = memory;
        memory.within(pool, step);
        CudaGraph[] recorded = new CudaGraph[1];
        memory.within(pool, () -> recorded[0] = CudaGraph.record(context, step));
        graph = recorded[0];
    }

    /// Queues all kernels of the step again.
    public void replay() {
        graph.launch();
    }

    /// Gives back the memory that no array of the step holds any more.
    @Override
    public void close() {
        graph.close();
        memory.release(pool);
    }
}
