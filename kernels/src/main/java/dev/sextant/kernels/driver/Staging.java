package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;

import dev.sextant.engine.error.DeviceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/// Moves Java arrays to and from the device through two pinned buffers: while the device copies one, the host fills
/// the other. A buffer is filled again only after its event says that the device has read it.
public final class Staging {
    private static final int SLOTS = 2;
    private static final int SLOT_BYTES = 4 << 20;

    private final CudaContext context;
    private final MemorySegment[] slots = new MemorySegment[SLOTS];
    private final CUevent[] done = new CUevent[SLOTS];
    private int next;

    /// @param context on whose stream the copies are queued
    public Staging(CudaContext context) {
        this.context = context;
    }

    /// Copies a whole `float[]` or `int[]` to the device. Returns when the host array may be changed again.
    public synchronized void upload(Object host, int elements, long device) {
        prepare();
        int perSlot = SLOT_BYTES / Integer.BYTES;
        for (int at = 0; at < elements; at += perSlot) {
            int count = Math.min(perSlot, elements - at);
            int slot = takeSlot();
            MemorySegment.copy(heap(host), at * 4L, slots[slot], 0, count * 4L);
            context.queued("a copy to the device");
            context.check(cuMemcpyHtoDAsync(DevicePointer.to(device + at * 4L),
                    HostPointer.to(slots[slot].address()), count * 4L, context.stream()), "cuMemcpyHtoDAsync",
                    "copying " + count * 4L + " bytes to the device");
            context.check(cuEventRecord(done[slot], context.stream()), "cuEventRecord", "copying to the device");
        }
    }

    /// Copies from the device into a whole `float[]` or `int[]`, after everything queued before. While the host empties
    /// one buffer, the device fills the other.
    public synchronized void download(long device, Object host, int elements) {
        prepare();
        int perSlot = SLOT_BYTES / Integer.BYTES;
        int full = -1;
        for (int at = 0; at < elements; at += perSlot) {
            int slot = takeSlot();
            long bytes = 4L * Math.min(perSlot, elements - at);
            context.check(cuMemcpyDtoHAsync(HostPointer.to(slots[slot].address()),
                    DevicePointer.to(device + at * 4L), bytes, context.stream()), "cuMemcpyDtoHAsync",
                    "copying " + bytes + " bytes from the device");
            context.check(cuEventRecord(done[slot], context.stream()), "cuEventRecord", "copying from the device");
            if (full >= 0) {
                empty(full, host, at - perSlot, perSlot);
            }
            full = slot;
        }
        if (full >= 0) {
            int last = (elements - 1) / perSlot * perSlot;
            empty(full, host, last, elements - last);
            context.caughtUp();
        }
    }

    private void empty(int slot, Object host, int at, int elements) {
        context.check(cuEventSynchronize(done[slot]), "cuEventSynchronize", "waiting for the device");
        MemorySegment.copy(slots[slot], 0, heap(host), at * 4L, elements * 4L);
    }

    private static MemorySegment heap(Object array) {
        return switch (array) {
            case float[] f -> MemorySegment.ofArray(f);
            case int[] i -> MemorySegment.ofArray(i);
            default -> throw new IllegalArgumentException("float[] or int[], not " + array.getClass().getSimpleName());
        };
    }

    private int takeSlot() {
        int slot = next;
        next = (next + 1) % SLOTS;
        context.check(cuEventSynchronize(done[slot]), "cuEventSynchronize", "waiting for a staging buffer");
        return slot;
    }

    @SuppressWarnings("restricted")
    private void prepare() {
        if (context.isRecording()) {
            throw new DeviceException("cuda: a step that is being recorded may not copy to or from the host: make its "
                    + "inputs before it, and read its results after a replay");
        }
        context.attach();
        for (int i = 0; i < SLOTS && slots[i] == null; i++) {
            var pointer = new HostPointer();
            context.check(cuMemHostAlloc(pointer, SLOT_BYTES, 0), "cuMemHostAlloc", "pinning staging buffers");
            done[i] = new CUevent();
            context.check(cuEventCreate(done[i], CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate",
                    "making staging events");
            slots[i] = MemorySegment.ofAddress(pointer.address()).reinterpret(SLOT_BYTES);
        }
    }
}
