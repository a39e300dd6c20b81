package dev.sextant.bench.profile;

import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.trace.OpEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much one kernel call has to do, read off its spec and the shapes of its arrays.
///
/// @param flops floating-point operations (a multiply-add is two) of products and convolutions as defined, whatever
///              the algorithm; 0 for everything else
/// @param bytes float32 traffic if every array is touched once, and twice where a gradient is added to
public record Work(double flops, double bytes) {
    private static final Pattern SHAPE = Pattern.compile("([→+]?)\\[([^\\]]*)\\]");

    /// Reads it off an event.
    public static Work of(OpEvent event) {
        List<long[]> shapes = new ArrayList<>();
        double bytes = 0;
        Matcher m = SHAPE.matcher(event.shapes());
        while (m.find()) {
            long[] dims = m.group(2).isBlank() ? new long[0]
                    : Pattern.compile("\\D+").splitAsStream(m.group(2).strip()).mapToLong(Long::parseLong).toArray();
            shapes.add(dims);
            bytes += size(dims) * 4.0 * (m.group(1).equals("+") ? 2 : 1);
        }
        return new Work(flops(event, shapes), bytes);
    }

    private static double flops(OpEvent event, List<long[]> shapes) {
        // Convolution and linear: one multiply-add per output element and weight of its filter, in all three passes.
        return switch (event.spec()) {
            case Conv2dSpec _ -> switch (event.kernel()) {
                case "conv2d" -> 2.0 * size(shapes.getLast()) * filter(shapes.get(1));
                case "conv2dBackwardData" -> 2.0 * size(shapes.get(0)) * filter(shapes.get(1));
                case "conv2dBackwardFilter" -> 2.0 * size(shapes.get(0)) * filter(shapes.get(2));
                default -> 0;
            };
            case LinearSpec _ -> switch (event.kernel()) {
                case "linear" -> 2.0 * size(shapes.getLast()) * filter(shapes.get(1));
                case "linearBackwardData" -> 2.0 * size(shapes.get(0)) * filter(shapes.get(1));
                case "linearBackwardWeight" -> 2.0 * size(shapes.get(0)) * filter(shapes.get(2));
                default -> 0;
            };
            case MatmulSpec s -> {
                long[] a = shapes.get(0);
                yield 2.0 * size(shapes.getLast()) * a[a.length - (s.transposeA() ? 2 : 1)];
            }
            case null, default -> 0;
        };
    }

    private static double size(long[] dims) {
        double size = 1;
        for (long d : dims) {
            size *= d;
        }
        return size;
    }

    private static double filter(long[] w) {
        return size(w) / w[0];
    }
}
