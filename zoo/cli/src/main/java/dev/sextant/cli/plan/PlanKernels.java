package dev.sextant.cli.plan;

import dev.sextant.cli.plan.Probe.Footprint;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.Keeps;
import dev.sextant.engine.spi.Target;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

/// Kernels that compute nothing, but take as much memory as the real ones do, and count the work.
final class PlanKernels implements InvocationHandler {
    private final PlanBackend backend;
    private final Probe probe;
    private final Work work;

    /// Stands for what the real kernel keeps for its backward pass.
    ///
    /// @param method which kernel
    /// @param args   what it was called with
    record Kept(Method method, Object[] args) implements Aux {
    }

    PlanKernels(PlanBackend backend, Probe probe, Work work) {
        this.backend = backend;
        this.probe = probe;
        this.work = work;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
        if (method.getReturnType() == Keeps.class) {
            return probe.call(method, args);
        }
        work.add(method.getName(), args);
        Footprint footprint = probe.of(method, args);
        for (int i : footprint.plain()) {
            (args[i] instanceof Target t ? t.array() : (NDArray) args[i]).plain();
        }
        take(footprint.kept());
        backend.passing(footprint.passing());
        if (method.getReturnType() == Aux.class) {
            return footprint.hasAux() ? new Kept(method, args) : null;
        }
        return method.getReturnType() == double.class ? (Object) 0.0 : null;
    }

    /// Memory that stays until the scope closes.
    private void take(long bytes) {
        int row = 1 << 10;
        if (bytes > row) {
            NDArray.empty(Shape.of((int) (bytes / row), row / Float.BYTES), DType.FLOAT32, Device.of(backend));
        }
    }
}
