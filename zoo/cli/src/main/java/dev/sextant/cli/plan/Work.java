package dev.sextant.cli.plan;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What kernels are asked to do, by kind: floating-point operations where arithmetic decides the time, bytes where
/// memory does.
final class Work {
    private final Map<Kind, Double> amounts = new EnumMap<>(Kind.class);

    /// A kind of kernel; those of one kind run at a similar rate.
    enum Kind {
        /// Convolution, operations.
        CONV,
        /// Its gradient by the image, operations.
        CONV_DATA,
        /// Its gradient by the filter, operations.
        CONV_FILTER,
        /// Matrix products, linear layers in all three passes, operations.
        PRODUCT,
        /// Everything else, bytes.
        MEMORY
    }

    /// Adds one kernel call.
    void add(String kernel, Object... args) {
        List<NDArray> arrays = new ArrayList<>();
        Object spec = null;
        for (Object arg : args) {
            switch (arg) {
                case NDArray a -> arrays.add(a);
                case Target t -> arrays.add(t.array());
                case Conv2dSpec s -> spec = s;
                case LinearSpec s -> spec = s;
                case MatmulSpec s -> spec = s;
                case null, default -> {
                }
            }
        }
        Kind kind = kind(kernel);
        amounts.merge(kind, kind == Kind.MEMORY ? bytes(arrays) : 2 * macs(kernel, spec, arrays), Double::sum);
    }

    private static Kind kind(String kernel) {
        return switch (kernel) {
            case "conv2d" -> Kind.CONV;
            case "conv2dBackwardData" -> Kind.CONV_DATA;
            case "conv2dBackwardFilter" -> Kind.CONV_FILTER;
            case "linear", "linearBackwardData", "linearBackwardWeight", "matmul" -> Kind.PRODUCT;
            default -> Kind.MEMORY;
        };
    }

    private static double bytes(List<NDArray> arrays) {
        return arrays.stream().mapToDouble(a -> (double) a.dtype().bytes() * a.size()).sum();
    }

    /// One multiply-add per output element and weight of its filter, in all three passes.
    private static double macs(String kernel, Object spec, List<NDArray> arrays) {
        NDArray first = arrays.get(0);
        NDArray second = arrays.get(1);
        NDArray third = arrays.getLast();
        return switch (kernel) {
            case "conv2d", "linear" -> (double) third.size() * second.size() / second.dim(0);
            case "conv2dBackwardData", "linearBackwardData" ->
                (double) first.size() * second.size() / second.dim(0);
            case "conv2dBackwardFilter", "linearBackwardWeight" ->
                (double) first.size() * third.size() / third.dim(0);
            default -> (double) third.size() * first.dim(spec instanceof MatmulSpec m && m.transposeA() ? -2 : -1);
        };
    }

    /// How much there is of one kind.
    double amount(Kind kind) {
        return amounts.getOrDefault(kind, 0.0);
    }

    /// Seconds at the given rates per second.
    double seconds(Map<Kind, Double> rates) {
        return amounts.entrySet().stream().mapToDouble(e -> e.getValue() / rates.get(e.getKey())).sum();
    }
}
