package dev.sextant.kernels.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;

/// The arguments of one kernel launch in native memory: the values, and the table of pointers to them that
/// `cuLaunchKernel` reads before it returns. Reused by its thread, so a launch allocates nothing.
///
/// Written in the order of the kernel's parameters; [CudaFunction#launch] compares their sizes with the PTX text.
public final class LaunchParameters {
    private static final int MOST = 16;
    private static final int BYTES = 1024;
    private static final int ALIGNMENT = 16;
    private static final ThreadLocal<LaunchParameters> OF_THREAD = ThreadLocal.withInitial(LaunchParameters::new);

    private final MemorySegment values = Arena.ofAuto().allocate(BYTES, ALIGNMENT);
    private final MemorySegment table = Arena.ofAuto().allocate(MOST * 8L, 8);
    private final Pointer tablePointer = HostPointer.to(table.address());
    private final int[] sizes = new int[MOST];
    private int count;
    private int end;

    private LaunchParameters() {
    }

    /// The calling thread's block, emptied.
    public static LaunchParameters begin() {
        var parameters = OF_THREAD.get();
        parameters.count = 0;
        parameters.end = 0;
        return parameters;
    }

    private int place(int bytes) {
        int at = Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
        table.setAtIndex(ValueLayout.JAVA_LONG, count, values.address() + at);
        sizes[count++] = bytes;
        end = at + bytes;
        return at;
    }

    /// A device address.
    public LaunchParameters pointer(long address) {
        values.set(ValueLayout.JAVA_LONG, place(Long.BYTES), address);
        return this;
    }

    /// An `int`, or the bits of anything else of four bytes.
    public LaunchParameters int32(int value) {
        values.set(ValueLayout.JAVA_INT, place(Integer.BYTES), value);
        return this;
    }

    /// A `float`.
    public LaunchParameters float32(float value) {
        return int32(Float.floatToRawIntBits(value));
    }

    /// A struct whose fields are all `int`.
    public LaunchParameters struct(int... fields) {
        int at = place(fields.length * Integer.BYTES);
        for (int i = 0; i < fields.length; i++) {
            values.set(ValueLayout.JAVA_INT, at + i * Integer.BYTES, fields[i]);
        }
        return this;
    }

    int count() {
        return count;
    }

    int size(int parameter) {
        return sizes[parameter];
    }

    Pointer table() {
        return tablePointer;
    }
}
