package dev.sextant.bench.gpu;

import dev.sextant.bench.gpu.Check.Failure;
import dev.sextant.bench.gpu.Check.Measured;
import dev.sextant.contract.ConvContract;
import dev.sextant.contract.FusedContract;
import dev.sextant.contract.GemmContract;
import dev.sextant.contract.IndexContract;
import dev.sextant.contract.LossContract;
import dev.sextant.contract.NormContract;
import dev.sextant.contract.OptimizerContract;
import dev.sextant.contract.PointwiseContract;
import dev.sextant.contract.PoolContract;
import dev.sextant.contract.ReduceContract;
import dev.sextant.contract.Rig;
import dev.sextant.engine.Device;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/// The contracts that every backend keeps, run against the GPU: all operations, forward and backward, on hand-picked and
/// random shapes and views, compared with the oracle. One check per method of a contract.
final class ContractChecks {
    private static final List<Class<?>> CONTRACTS = List.of(GemmContract.class, ConvContract.class, PoolContract.class,
            NormContract.class, PointwiseContract.class, FusedContract.class, ReduceContract.class,
            IndexContract.class, LossContract.class, OptimizerContract.class);
    private static final int MESSAGES = 3;

    private final Gpu gpu;
    private final int most;

    /// @param most cases of each method, spread evenly
    ContractChecks(Gpu gpu, int most) {
        this.gpu = gpu;
        this.most = most;
    }

    private record Case(String name, Executable body) {
    }

    /// Every method of every contract.
    List<Check> on(String settings) {
        List<Check> checks = new ArrayList<>();
        for (Class<?> contract : CONTRACTS) {
            Stream.of(contract.getMethods())
                    .filter(m -> m.isAnnotationPresent(TestFactory.class) || m.isAnnotationPresent(Test.class))
                    .sorted(Comparator.comparing(Method::getName))
                    .forEach(m -> checks.add(new Check("operations against the oracle", settings,
                            contract.getSimpleName().replace("Contract", "") + "." + m.getName(),
                            () -> run(contract, m, settings))));
        }
        return checks;
    }

    private Measured run(Class<?> contract, Method method, String settings) throws Throwable {
        Device device = gpu.device(settings);
        // A contract is an interface that lacks its device alone.
        InvocationHandler handler = (proxy, called, args) -> called.isDefault()
                ? InvocationHandler.invokeDefault(proxy, called, args)
                : device;
        Object kept = Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, handler);
        var cases = spread(cases(kept, method));
        var worst = new double[] {0, Double.NaN, 0}; // error, allowed, and their quotient, of the closest call
        List<String> failures = new ArrayList<>();
        int failed = 0;
        Rig.tell((error, allowed) -> {
            double share = error == 0 ? 0 : error / allowed;
            if (Double.isNaN(worst[1]) || share > worst[2]) {
                worst[0] = error;
                worst[1] = allowed;
                worst[2] = share;
            }
        });
        int done = 0;
        try {
            for (Case c : cases) {
                try {
                    c.body.execute();
                } catch (Throwable e) {
                    failed++;
                    if (failures.size() < MESSAGES) {
                        failures.add(c.name + ": " + (e instanceof AssertionError ? e.getMessage() : e.toString()));
                    }
                    if (!gpu.isAlive()) {
                        failures.add("the device is lost; the remaining " + (cases.size() - done - 1)
                                + " cases were not run");
                        break;
                    }
                }
                done++;
            }
        } finally {
            Rig.tell(null);
        }
        var measured = Measured.of(Double.isNaN(worst[1]) ? Double.NaN : worst[0], worst[1], cases.size() + " cases");
        if (failed > 0) {
            throw new Failure(measured, failed + " of " + cases.size() + " cases fail. " + String.join("\n", failures));
        }
        return measured;
    }

    private static List<Case> cases(Object contract, Method method) throws Throwable {
        if (method.isAnnotationPresent(Test.class)) {
            return List.of(new Case(method.getName(), () -> invoke(contract, method)));
        }
        return ((Stream<?>) invoke(contract, method)).map(DynamicTest.class::cast)
                .map(t -> new Case(t.getDisplayName(), t.getExecutable())).toList();
    }

    private static Object invoke(Object contract, Method method) throws Throwable {
        try {
            return method.invoke(contract);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private List<Case> spread(List<Case> cases) {
        int n = Math.min(most, cases.size());
        return IntStream.range(0, n).mapToObj(i -> cases.get((int) ((long) i * cases.size() / n))).toList();
    }
}
