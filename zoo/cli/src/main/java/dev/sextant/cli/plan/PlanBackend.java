package dev.sextant.cli.plan;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.trace.HostMemory;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Backend;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Storage;
import dev.sextant.nn.Layer;
import java.lang.reflect.Proxy;

/// A backend of shapes: its arrays have no elements and its kernels compute nothing, but whatever runs on it asks for
/// the same arrays in the same order, in the same layouts and for as long as on the real device that it stands for.
public final class PlanBackend implements Backend {
    private final Device real;
    private final Work work = new Work();
    private final Kernels kernels;
    private long used;
    private long highWater;
    private long unpooled;

    /// A device of shapes, for whoever wants to see what a network does rather than how much memory it takes.
    ///
    /// @param batch images per step
    public static Device shapesOnly(Device real, int batch) {
        return Device.of(new PlanBackend(real, new Probe(real, batch, false)));
    }

    /// Gives a model parameters and buffers without values.
    public static void fill(Layer model, Shape input, Device shapes) {
        model.declare(input);
        model.parameters().values().forEach(p -> p
                .assign(Scope.outside(() -> NDArray.empty(p.shape(), DType.FLOAT32, shapes))));
        // All parameters have values, so this only brings the buffers along.
        model.initialize(input, shapes, 0);
    }

    PlanBackend(Device real, int batch) {
        this(real, new Probe(real, batch, true));
    }

    private PlanBackend(Device real, Probe probe) {
        this.real = real;
        kernels = (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                new PlanKernels(this, probe, work));
    }

    /// The most bytes ever in use at once, of arrays that die with their scope.
    long highWaterBytes() {
        return highWater;
    }

    /// Bytes of all arrays that were made outside scopes.
    long unpooledBytes() {
        return unpooled;
    }

    /// What the kernels were asked to do.
    Work work() {
        return work;
    }

    /// Counts bytes that a kernel takes and gives back before it returns.
    void passing(long bytes) {
        highWater = Math.max(highWater, used + bytes);
    }

    private void count(long bytes) {
        used += bytes;
        highWater = Math.max(highWater, used);
    }

    /// Memory that is only counted.
    private final class Counted extends Storage {
        private final long bytes;

        Counted(DType dtype, long size, boolean pooled) {
            super(dtype, size);
            bytes = pooled ? HostMemory.bytes(dtype, size) : 0;
            count(bytes);
        }

        @Override
        protected void free() {
            count(-bytes);
        }
    }

    /// @throws SextantException for an array that is too large for the real device too
    @Override
    public Storage allocate(DType dtype, long elements, boolean pooled) {
        if (elements > Integer.MAX_VALUE - 64) {
            throw new SextantException("plan: the batch is too large: one of its arrays has %d elements, and the limit "
                    + "of %s is 2^31; use a smaller --batch", elements, real);
        }
        if (!pooled) {
            unpooled += dtype.bytes() * elements;
        }
        return new Counted(dtype, elements, pooled);
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public String describe() {
        return "shapes only, as " + real.backend().describe();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public boolean supports(DType dtype) {
        return real.backend().supports(dtype);
    }

    @Override
    public Layout layoutFor(OpSpec spec, Shape result, NDArray... inputs) {
        return real.backend().layoutFor(spec, result, inputs);
    }

    @Override
    public void upload(Object host, NDArray target) {
        // There is nothing to put it in.
    }

    @Override
    public void download(NDArray source, Object host) {
        // All values read as zero.
    }
}
