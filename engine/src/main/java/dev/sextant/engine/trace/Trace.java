package dev.sextant.engine.trace;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.spi.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/// Reports kernel calls to listeners and to the JDK Flight Recorder. Costs one volatile read per operation while nobody listens; while somebody does,
/// the backend's kernels are called through a proxy that times each one.
public final class Trace {
    private static final List<OpListener> LISTENERS = new CopyOnWriteArrayList<>();

    private static final ThreadLocal<String> CHOSEN = new ThreadLocal<>();

    private Trace() {
    }

    /// Called by a kernel on the thread that it was called on: which algorithm it took, for this call's event. Without
    /// it the event has the name that [dev.sextant.engine.spi.Backend#algorithm] gives.
    public static void chose(Supplier<String> algorithm) {
        if (isOn()) {
            CHOSEN.set(algorithm.get());
        }
    }

    /// Installs a listener until the returned handle is closed.
    public static Handle listen(OpListener listener) {
        LISTENERS.add(listener);
        return () -> LISTENERS.remove(listener);
    }

    /// Ends a listener's installation.
    @FunctionalInterface
    public interface Handle extends AutoCloseable {
        @Override
        void close();
    }

    /// Whether anybody listens, a flight recording included.
    public static boolean isOn() {
        return !LISTENERS.isEmpty() || OperationEvent.PROBE.isEnabled();
    }

    private static void report(OpEvent event) {
        LISTENERS.forEach(listener -> listener.onOp(event));
        if (OperationEvent.PROBE.isEnabled()) {
            OperationEvent.commit(event);
        }
    }

    /// The device's kernels, each call timed and reported.
    public static Kernels observe(Device device) {
        Kernels kernels = device.backend().kernels();
        return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class},
                (proxy, method, args) -> call(device, kernels, method, args));
    }

    /// Runs an operation that is not a kernel, such as one defined outside Sextant, and reports it like a kernel while
    /// somebody listens; the kernels it calls are reported before it.
    public static <T> T operation(OpSpec spec, Device device, Supplier<T> body, NDArray... inputs) {
        if (!isOn()) {
            return body.get();
        }
        long start = System.nanoTime();
        T result = body.get();
        device.backend().synchronize();
        long nanos = System.nanoTime() - start;
        var shapes = new StringJoiner(", ");
        for (NDArray input : inputs) {
            shapes.add(input.shape().toString());
        }
        report(new OpEvent(spec.opName(), spec, shapes.toString(), "custom", device.name(), nanos));
        return result;
    }

    private static Object call(Device device, Kernels kernels, Method method, Object[] args) throws Throwable {
        CHOSEN.remove();
        long start = System.nanoTime();
        Object result;
        try {
            result = method.invoke(kernels, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (method.getReturnType() == Keeps.class) {
            // A question to the backend, not an operation.
            return result;
        }
        device.backend().synchronize();
        long nanos = System.nanoTime() - start;
        OpSpec spec = null;
        List<NDArray> arrays = new ArrayList<>();
        var shapes = new StringJoiner(", ");
        for (Object arg : args == null ? new Object[0] : args) {
            switch (arg) {
                case OpSpec s -> spec = s;
                case NDArray a -> {
                    arrays.add(a);
                    shapes.add(a.shape().toString());
                }
                case Target t -> shapes.add((t.adds() ? "+" : "→") + t.array().shape());
                case null, default -> {
                }
            }
        }
        String algorithm = CHOSEN.get();
        CHOSEN.remove();
        if (algorithm == null) {
            algorithm = spec == null ? "loops" : device.backend().algorithm(spec, arrays.toArray(NDArray[]::new));
        }
        report(new OpEvent(method.getName(), spec, shapes.toString(), algorithm, device.name(), nanos));
        return result;
    }
}
