package dev.sextant.engine.cpu;

import dev.sextant.engine.DType;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.spi.Storage;

/// Memory of a CPU array: a range of a Java array that starts at [#base]. Pooled storage shares its Java array with
/// others, which is why no public method hands the array out.
public final class HostStorage extends Storage {
    private final Object array;
    private final int base;
    private final HeapPool pool;

    HostStorage(DType dtype, long size, Object array, int base, HeapPool pool) {
        super(dtype, size);
        this.array = array;
        this.base = base;
        this.pool = pool;
    }

    /// The storage of an array that lives on a CPU device.
    public static HostStorage of(NDArray x) {
        if (x.storage() instanceof HostStorage s) {
            return s;
        }
        throw new DeviceException("%s is not in host memory; move it with x.to(device)", x);
    }

    /// The Java array behind a float32 array; its elements start at [#start].
    public static float[] floats(NDArray x) {
        return (float[]) of(x).array;
    }

    /// The Java array behind a float64 array.
    public static double[] doubles(NDArray x) {
        return (double[]) of(x).array;
    }

    /// The Java array behind an int32 array.
    public static int[] ints(NDArray x) {
        return (int[]) of(x).array;
    }

    /// Index of the array's first logical element in the Java array (for a blocked array, of its first lane
    /// including the halo).
    public static int start(NDArray x) {
        return of(x).base + switch (x.layout()) {
            case Layout.Strided s -> s.offset();
            case Layout.Blocked b -> b.offset();
        };
    }

    Object array() {
        return array;
    }

    int base() {
        return base;
    }

    @Override
    protected void free() {
        if (pool != null) {
            pool.free(this);
        }
    }
}
