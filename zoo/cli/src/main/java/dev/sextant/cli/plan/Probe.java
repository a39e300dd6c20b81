package dev.sextant.cli.plan;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.trace.HostMemory;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much memory a kernel takes beside its arguments: for its backward pass, for copies in another layout, for a
/// moment. Only the backend knows, so its kernel is run, with one image and with two, which tells what belongs to each
/// image; nobody has to keep a model of the backend up to date.
final class Probe {
    private final Device real;
    private final int batch;
    private final boolean asksAll;
    private final Map<String, Footprint> known = new HashMap<>();

    /// What a kernel takes from the pool.
    ///
    /// @param kept    bytes that stay until the scope closes
    /// @param passing bytes beside them that are given back before it returns, at most
    /// @param plain   positions of arguments that it reads through a row-major copy, which the array remembers
    /// @param hasAux  whether it keeps anything for its backward pass
    record Footprint(long kept, long passing, List<Integer> plain, boolean hasAux) {
        private static final Footprint NONE = new Footprint(0, 0, List.of(), false);

        /// The footprint for a batch, from those for one image and for two.
        Footprint extended(Footprint two, long images) {
            return new Footprint(kept + (images - 1) * (two.kept - kept),
                    passing + (images - 1) * (two.passing - passing), plain, hasAux);
        }
    }

    /// @param batch   the first extent of arrays that hold something of every image
    /// @param asksAll whether to run every kernel, or only those that may keep something for their backward pass
    Probe(Device real, int batch, boolean asksAll) {
        this.real = real;
        this.batch = batch;
        this.asksAll = asksAll;
    }

    Object call(Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(real.backend().kernels(), args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// The footprint of a kernel called with arguments of which the shapes and layouts count.
    Footprint of(Method method, Object... args) throws Throwable {
        if (takesNothing(method.getName()) || !asksAll && method.getReturnType() != Aux.class) {
            return Footprint.NONE;
        }
        var key = new StringBuilder(method.getName());
        for (Object arg : args) {
            key.append('|').append(switch (arg) {
                case NDArray a -> describe(a);
                case Target t -> t.write() + describe(t.array());
                case PlanKernels.Kept _ -> "";
                case null, default -> arg;
            });
        }
        Footprint footprint = known.get(key.toString());
        if (footprint == null) {
            footprint = asked(method, args);
            known.put(key.toString(), footprint);
        }
        return footprint;
    }

    /// Kernels on row-major arrays of parameters, which may be as large as the network.
    private static boolean takesNothing(String kernel) {
        return kernel.startsWith("linear") || kernel.equals("optimize") || kernel.equals("fill")
                || kernel.equals("copy") || kernel.equals("sumOfSquares");
    }

    private static String describe(NDArray a) {
        return a.shape() + (a.isBlocked() ? "b" : a.isContiguous() ? "" : "v");
    }

    private Footprint asked(Method method, Object[] args) throws Throwable {
        try {
            Footprint one = run(method, args, 1);
            return batch == 1 ? one : one.extended(run(method, args, 2), batch);
        } catch (ShapeException e) {
            // Arrays of parameters whose first extent happens to be the batch; they are moved, and take nothing.
            return Footprint.NONE;
        }
    }

    private Footprint run(Method method, Object[] args, int images) throws Throwable {
        try (var _ = Scope.open("what a kernel takes")) {
            Object[] small = smaller(method.getName(), args, images);
            for (int i = 0; i < small.length; i++) {
                if (small[i] instanceof PlanKernels.Kept forward) {
                    small[i] = call(forward.method(), smaller(forward.method().getName(), forward.args(), images));
                }
            }
            long before = HostMemory.usedBytes();
            HostMemory.restartHighWater();
            Object result = call(method, small);
            long after = HostMemory.usedBytes();
            long most = HostMemory.highWaterBytes();
            long copies = 0;
            List<Integer> plain = new ArrayList<>();
            for (int i = 0; i < small.length; i++) {
                NDArray a = small[i] instanceof Target t ? t.array() : small[i] instanceof NDArray x ? x : null;
                if (a != null && a.isBlocked() && remembersPlain(a)) {
                    plain.add(i);
                    copies += HostMemory.bytes(a.dtype(), a.size());
                }
            }
            return new Footprint(Math.max(0, after - before - copies), most - after, plain, result != null);
        }
    }

    /// Whether somebody has asked for the row-major copy already: then asking again takes nothing.
    private boolean remembersPlain(NDArray blocked) {
        long before = HostMemory.usedBytes();
        boolean isCopy = blocked.plain().storage() != blocked.storage();
        return isCopy && HostMemory.usedBytes() == before;
    }

    private Object[] smaller(String kernel, Object[] args, int images) {
        Object[] small = args.clone();
        for (int i = 0; i < small.length; i++) {
            boolean filter = switch (kernel) {
                case "conv2d", "conv2dBackwardData" -> i == 2;
                case "conv2dBackwardFilter" -> i == 3;
                default -> false;
            };
            small[i] = switch (small[i]) {
                case NDArray a -> smaller(a, filter ? a.dim(0) : images);
                case Target t -> new Target(smaller(t.array(), filter ? t.array().dim(0) : images), t.write());
                case null, default -> small[i];
            };
        }
        return small;
    }

    /// The like of an array for fewer images. Vectors hold one value per channel, unless they are labels.
    private NDArray smaller(NDArray a, int images) {
        boolean batched = (a.rank() > 1 || a.rank() == 1 && a.dtype() == DType.INT32) && a.dim(0) == batch;
        Shape shape = batched ? a.shape().with(0, images) : a.shape();
        NDArray array;
        if (a.layout() instanceof Layout.Blocked b) {
            array = NDArray.empty(shape, a.dtype(), Layout.Blocked.of(shape, b.lanes(), b.halo()), real);
        } else if (a.isContiguous() || shape.rank() < 2) {
            array = NDArray.empty(shape, a.dtype(), real);
        } else {
            // Part of something wider, such as the gradient of one branch among several.
            array = NDArray.empty(shape.with(1, 2 * shape.dim(1)), a.dtype(), real).narrow(1, 0, shape.dim(1));
        }
        array.fill(0);
        return array;
    }
}
