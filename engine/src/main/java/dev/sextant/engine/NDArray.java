package dev.sextant.engine;

import dev.sextant.engine.Layout.Blocked;
import dev.sextant.engine.Layout.Strided;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.spi.Storage;
import dev.sextant.engine.spi.Write;
import java.lang.reflect.Array;
import java.util.Arrays;

/// An n-dimensional array on a device: storage, logical shape and layout. A thin handle; the mathematics is in the
/// backends' kernels and, with gradients, in `dev.sextant.autograd`.
///
/// Views ([#reshape], [#permute], [#narrow], …) share the storage. Arrays made inside a [Scope] die with it.
/// Not safe for concurrent writes; concurrent reads are fine.
public final class NDArray {
    private final Storage storage;
    private final Shape shape;
    private final Layout layout;
    private final Device device;
    private NDArray plain;
    private long plainVersion;

    private NDArray(Storage storage, Shape shape, Layout layout, Device device) {
        this.storage = storage;
        this.shape = shape;
        this.layout = layout;
        this.device = device;
    }

    // ---- creation ----

    /// An array with undefined contents, row-major.
    public static NDArray empty(Shape shape, DType dtype, Device device) {
        return empty(shape, dtype, Strided.of(shape), device);
    }

    /// An array with undefined contents in the given dense layout. Memory comes from the current [Scope], if any.
    public static NDArray empty(Shape shape, DType dtype, Layout layout, Device device) {
        if (!device.backend().supports(dtype)) {
            throw new DTypeException("%s does not compute with %s; use the device 'ref' for float64", device, dtype);
        }
        long elements = switch (layout) {
            case Strided s -> shape.size();
            case Blocked b -> (long) shape.dim(0) * b.batchStride();
        };
        var scope = Scope.current();
        var storage = device.backend().allocate(dtype, elements, scope != null);
        if (scope != null) {
            scope.own(storage);
        }
        return new NDArray(storage, shape, layout, device);
    }

    /// An array filled with zeros.
    public static NDArray zeros(Shape shape, DType dtype, Device device) {
        return full(shape, 0, dtype, device);
    }

    /// An array filled with one value.
    public static NDArray full(Shape shape, double value, DType dtype, Device device) {
        var array = empty(shape, dtype, device);
        device.kernels().fill(value, array);
        return array;
    }

    /// A float32 array on the default device from row-major values.
    ///
    /// @throws ShapeException if the number of values is not the product of `dims`
    public static NDArray of(float[] values, int... dims) {
        return of(values, Shape.of(dims), Device.standard());
    }

    /// A float32 array from row-major values.
    public static NDArray of(float[] values, Shape shape, Device device) {
        return ofHost(values, shape, DType.FLOAT32, device);
    }

    /// A float64 array from row-major values (device `ref`).
    public static NDArray of(double[] values, Shape shape, Device device) {
        return ofHost(values, shape, DType.FLOAT64, device);
    }

    /// An int32 array (labels, indices) from row-major values.
    public static NDArray of(int[] values, Shape shape, Device device) {
        return ofHost(values, shape, DType.INT32, device);
    }

    private static NDArray ofHost(Object values, Shape shape, DType dtype, Device device) {
        if (Array.getLength(values) != shape.size()) {
            throw new ShapeException("array: shape %s holds %d elements, but %d values were given", shape,
                    shape.size(), Array.getLength(values));
        }
        var array = empty(shape, dtype, device);
        device.backend().upload(values, array);
        return array;
    }

    // ---- facts ----

    public Shape shape() {
        return shape;
    }

    /// Extent of one axis; negative axes count from the end.
    public int dim(int axis) {
        return shape.dim(axis);
    }

    /// Number of axes.
    public int rank() {
        return shape.rank();
    }

    /// Number of elements.
    public long size() {
        return shape.size();
    }

    public DType dtype() {
        return storage.dtype();
    }

    public Layout layout() {
        return layout;
    }

    public Device device() {
        return device;
    }

    /// The memory behind this array; for backends.
    public Storage storage() {
        return storage;
    }

    /// Whether this array has the CPU's blocked layout.
    public boolean isBlocked() {
        return layout instanceof Blocked;
    }

    /// Whether the elements lie densely in row-major order.
    public boolean isContiguous() {
        return layout instanceof Strided s && s.isContiguous(shape);
    }

    /// Fails if the memory has been given back.
    ///
    /// @throws ScopeException naming the array, who released it, and the remedies
    public NDArray requireLive(String op) {
        if (!storage.isLive()) {
            throw new ScopeException("%s: the array %s was released by %s. Carry it out with scope.keep(x), or take "
                    + "x.copy() before the scope closes", op, this, storage.releasedBy());
        }
        return this;
    }

    /// Fails unless `other` is on this array's device; returns `other`.
    ///
    /// @throws DeviceException naming the operation, both arrays and the remedy
    public NDArray requireSameDevice(String op, NDArray other) {
        if (!device.equals(other.device)) {
            throw new DeviceException("%s: %s and %s are on different devices; move one with x.to(device)", op, this,
                    other);
        }
        return other;
    }

    // ---- host access ----

    /// The elements in row-major order, as float.
    public float[] toFloats() {
        return (float[]) toHost(DType.FLOAT32);
    }

    /// The elements in row-major order, as double (float32 arrays are widened).
    public double[] toDoubles() {
        if (dtype() == DType.FLOAT64) {
            return (double[]) toHost(DType.FLOAT64);
        }
        if (dtype() == DType.INT32) {
            return Arrays.stream(toInts()).asDoubleStream().toArray();
        }
        float[] f = toFloats();
        double[] d = new double[f.length];
        for (int i = 0; i < f.length; i++) {
            d[i] = f[i];
        }
        return d;
    }

    /// The elements in row-major order, as int.
    public int[] toInts() {
        return (int[]) toHost(DType.INT32);
    }

    /// The value of an array with one element.
    public double item() {
        if (size() != 1) {
            throw new ShapeException("item: needs an array of one element, but this one is %s; reduce it first "
                    + "(mean, sum) or use toFloats()", shape);
        }
        return toDoubles()[0];
    }

    private Object toHost(DType wanted) {
        requireLive("reading");
        if (dtype() != wanted) {
            throw new DTypeException("reading %s as %s: use the method for its own type", this, wanted);
        }
        int n = Math.toIntExact(size());
        Object host = switch (wanted) {
            case FLOAT32 -> new float[n];
            case FLOAT64 -> new double[n];
            case INT32 -> new int[n];
        };
        device.backend().download(contiguous(), host);
        return host;
    }

    // ---- writing in place ----

    /// Overwrites every element.
    public void fill(double value) {
        requireLive("fill");
        device.kernels().fill(value, this);
        storage.written("fill");
    }

    /// Overwrites this array with the values of another of the same shape and device.
    public void set(NDArray source) {
        requireLive("set");
        source.requireLive("set");
        if (!source.shape.equals(shape)) {
            throw new ShapeException("set: target %s and source %s must have the same shape", shape, source.shape);
        }
        requireSameDevice("set", source);
        device.kernels().copy(source, this, Write.SET);
        storage.written("set");
    }

    /// Overwrites this array with row-major host values of its own type.
    public void set(Object hostValues) {
        requireLive("set");
        Class<?> wanted = switch (dtype()) {
            case FLOAT32 -> float[].class;
            case FLOAT64 -> double[].class;
            case INT32 -> int[].class;
        };
        if (hostValues.getClass() != wanted) {
            throw new DTypeException("set: %s takes a %s, but got a %s", this, wanted.getSimpleName(),
                    hostValues.getClass().getSimpleName());
        }
        if (Array.getLength(hostValues) != size()) {
            throw new ShapeException("set: target %s holds %d elements, but %d values were given", shape, size(),
                    Array.getLength(hostValues));
        }
        if (isContiguous()) {
            device.backend().upload(hostValues, this);
        } else {
            device.kernels().copy(ofHost(hostValues, shape, dtype(), device), this, Write.SET);
        }
        storage.written("set");
    }

    // ---- copies ----

    /// A dense row-major copy in ordinary garbage-collected memory: it survives every scope.
    public NDArray copy() {
        return Scope.outside(this::duplicate);
    }

    /// A dense row-major copy in the current scope.
    NDArray duplicate() {
        requireLive("copy");
        var target = empty(shape, dtype(), device);
        device.kernels().copy(this, target, Write.SET);
        return target;
    }

    /// The same values on another device (this array itself if it is there already).
    public NDArray to(Device target) {
        if (target.equals(device)) {
            return this;
        }
        return switch (dtype()) {
            case FLOAT32 -> of(toFloats(), shape, target);
            case FLOAT64 -> of(toDoubles(), shape, target);
            case INT32 -> of(toInts(), shape, target);
        };
    }

    /// This array with another element type (itself if it has it already), by way of the host.
    public NDArray cast(DType wanted) {
        if (wanted == dtype()) {
            return this;
        }
        double[] values = toDoubles();
        return switch (wanted) {
            case FLOAT64 -> of(values, shape, device);
            case FLOAT32 -> {
                float[] f = new float[values.length];
                for (int i = 0; i < f.length; i++) {
                    f[i] = (float) values[i];
                }
                yield of(f, shape, device);
            }
            case INT32 -> of(Arrays.stream(values).mapToInt(v -> (int) v).toArray(), shape, device);
        };
    }

    /// This array if it is dense and row-major, else such a copy.
    public NDArray contiguous() {
        return isContiguous() ? this : duplicate();
    }

    /// This array in row-major form: itself, or for a blocked array a copy that is remembered until the contents
    /// change.
    public NDArray plain() {
        if (layout instanceof Strided) {
            return this;
        }
        if (plain == null || plainVersion != storage.version() || !plain.storage.isLive()) {
            plain = duplicate();
            plainVersion = storage.version();
        }
        return plain;
    }

    // ---- views ----

    /// The same elements in another shape; a view if this array is dense, else a copy. One extent may be -1.
    public NDArray reshape(int... dims) {
        Shape target = resolve(dims);
        var dense = contiguous();
        return new NDArray(dense.storage, target,
                new Strided(target.strides(), ((Strided) dense.layout).offset()), device);
    }

    private Shape resolve(int... dims) {
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && unknown < 0) {
                unknown = i;
            } else {
                known *= dims[i];
            }
        }
        int[] d = dims.clone();
        if (unknown >= 0 && known > 0 && size() % known == 0) {
            d[unknown] = (int) (size() / known);
            known *= d[unknown];
        }
        if (known != size() || Arrays.stream(d).anyMatch(v -> v < 0)) {
            throw new ShapeException("reshape: %s has %d elements, but %s holds %s; the numbers must be equal, and one "
                    + "extent may be -1", shape, size(), Arrays.toString(dims),
                    unknown >= 0
                            ? "a multiple of " + known
                            : Long.toString(known));
        }
        return Shape.of(d);
    }

    /// Axes in another order: axis `i` of the result is axis `axes[i]` of this array.
    public NDArray permute(int... axes) {
        if (axes.length != rank()) {
            throw new ShapeException("permute: %s has %d axes, but %s names %d; name each once", shape, rank(),
                    Arrays.toString(axes),
                    axes.length);
        }
        Strided from = strided();
        int[] dims = new int[rank()];
        int[] strides = new int[rank()];
        boolean[] used = new boolean[rank()];
        for (int i = 0; i < axes.length; i++) {
            int a = shape.axis("permute", axes[i]);
            if (used[a]) {
                throw new ShapeException("permute: axis %d of %s stands twice in %s; name each axis once", a, shape,
                        Arrays.toString(axes));
            }
            used[a] = true;
            dims[i] = shape.dim(a);
            strides[i] = from.strides()[a];
        }
        return view(Shape.of(dims), new Strided(strides, from.offset()));
    }

    /// Two axes exchanged.
    public NDArray transpose(int a, int b) {
        int[] axes = new int[rank()];
        Arrays.setAll(axes, i -> i);
        int x = shape.axis("transpose", a);
        int y = shape.axis("transpose", b);
        axes[x] = y;
        axes[y] = x;
        return permute(axes);
    }

    /// Whether [#narrow] shares this array's memory; parts of a blocked array may be copies.
    public boolean hasView(int axis, int start, int length) {
        return !(layout instanceof Blocked b) || b.hasRange(shape, shape.axis("narrow", axis), start, start + length);
    }

    /// The elements `start .. start+length-1` of one axis.
    public NDArray narrow(int axis, int start, int length) {
        return slice(axis, start, start + length, 1);
    }

    /// The elements `start, start+step, …` before `end` of one axis.
    public NDArray slice(int axis, int start, int end, int step) {
        int a = shape.axis("slice", axis);
        int extent = shape.dim(a);
        if (start < 0 || end < start || end > extent || step < 1) {
            throw new ShapeException("slice: %d..%d step %d does not lie in axis %d of %s, which has extent %d; need "
                    + "0 <= start <= end <= %d and step >= 1", start, end, step, a, shape, extent, extent);
        }
        int length = (end - start + step - 1) / step;
        Shape target = shape.with(a, length);
        if (layout instanceof Blocked b && step == 1 && b.hasRange(shape, a, start, end)) {
            int skipped = a == 0 ? start * b.batchStride() : start / b.lanes() * b.blockStride(shape);
            return view(target, new Blocked(b.lanes(), b.halo(), b.offset() + skipped, b.batchStride()));
        }
        var base = plain();
        Strided from = (Strided) base.layout;
        int[] strides = from.strides().clone();
        int offset = from.offset() + start * strides[a];
        strides[a] *= step;
        return base.view(target, new Strided(strides, offset));
    }

    /// This array repeated along axes of extent 1 (or new leading axes) without copying; read-only by convention.
    public NDArray expand(Shape target) {
        if (!Shape.broadcast("expand", shape, target).equals(target)) {
            throw new ShapeException(
                    "expand: %s cannot be expanded to %s: counted from the last, every extent must be 1 or "
                            + "stay as it is; use repeat for several copies",
                    shape, target);
        }
        var base = plain();
        Strided from = (Strided) base.layout;
        int[] strides = new int[target.rank()];
        int lead = target.rank() - rank();
        for (int i = 0; i < rank(); i++) {
            strides[lead + i] = shape.dim(i) == 1 && target.dim(lead + i) != 1 ? 0 : from.strides()[i];
        }
        return base.view(target, new Strided(strides, from.offset()));
    }

    /// A new axis of extent 1 before `axis`.
    public NDArray unsqueeze(int axis) {
        int a = axis < 0 ? axis + rank() + 1 : axis;
        if (a < 0 || a > rank()) {
            throw new ShapeException("unsqueeze: a new axis of %s can stand at %d..%d, not at %d", shape, -rank() - 1,
                    rank(), axis);
        }
        int[] dims = new int[rank() + 1];
        int[] strides = new int[rank() + 1];
        Strided from = strided();
        for (int i = 0, j = 0; i <= rank(); i++) {
            dims[i] = i == a ? 1 : shape.dim(j);
            strides[i] = i == a ? 1 : from.strides()[j];
            j += i == a ? 0 : 1;
        }
        return plain().view(Shape.of(dims), new Strided(strides, from.offset()));
    }

    private Strided strided() {
        return (Strided) plain().layout;
    }

    private NDArray view(Shape target, Layout targetLayout) {
        Storage from = targetLayout instanceof Strided ? plain().storage : storage;
        return new NDArray(from, target, targetLayout, device);
    }

    @Override
    public String toString() {
        return dtype().toString() + shape + " on " + device + (isBlocked() ? " (blocked)" : "");
    }
}
