package dev.sextant.bench.peers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A network as a list of operations in order, written down a second time for engines that do not know Sextant's
/// layers. Parameters carry Sextant's names, from which their values follow; a slip in either description shows when
/// the outputs are compared.
///
/// Built from the front: every method appends an operation and returns the position of its result. Position 0 is the
/// input.
public final class Plan {
    /// One operation on earlier results.
    public sealed interface Step {
    }

    /// Parameters `name.weight` `[filters, channels, kernel, kernel]`, `name.bias` `[filters]`.
    public record Conv(int in, String name, int filters, int kernel, int stride, int pad) implements Step {
    }

    /// Parameters `name.weight`, `name.bias`, running statistics `name.running_mean`, `name.running_var`.
    public record BatchNorm(int in, String name, int channels) implements Step {
    }

    /// Parameters `name.weight` `[out, features]`, `name.bias` `[out]`.
    public record Linear(int in, String name, int out) implements Step {
    }

    public record Relu(int in) implements Step {
    }

    public record Sigmoid(int in) implements Step {
    }

    public record MaxPool(int in, int kernel, int stride, int pad) implements Step {
    }

    public record AvgPool(int in, int kernel) implements Step {
    }

    public record GlobalAvgPool(int in) implements Step {
    }

    public record Flatten(int in) implements Step {
    }

    /// With probability ½.
    public record Dropout(int in) implements Step {
    }

    public record Add(int a, int b) implements Step {
    }

    /// Along the channels.
    public record Concat(List<Integer> parts) implements Step {
    }

    private record Extent(int channels, int size) {
        int features() {
            return channels * size * size;
        }
    }

    private final List<Step> steps = new ArrayList<>();
    private final List<Extent> extents = new ArrayList<>();
    private final Map<String, int[]> parameters = new LinkedHashMap<>();

    /// @param size height and width of an image; one channel
    public Plan(int size) {
        extents.add(new Extent(1, size));
    }

    /// The operations in order; step `i` makes result `i + 1`.
    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /// Shapes of the learned parameters by name.
    public Map<String, int[]> parameters() {
        return parameters;
    }

    /// Channels of a result.
    public int channels(int x) {
        return extents.get(x).channels;
    }

    private int append(Step step, int channels, int size) {
        steps.add(step);
        extents.add(new Extent(channels, size));
        return steps.size();
    }

    private static int window(int size, int kernel, int stride, int pad) {
        return (size + 2 * pad - kernel) / stride + 1;
    }

    int conv(int x, String name, int filters, int kernel, int stride, int pad) {
        Extent e = extents.get(x);
        parameters.put(name + ".weight", new int[] {filters, e.channels, kernel, kernel});
        parameters.put(name + ".bias", new int[] {filters});
        return append(new Conv(x, name, filters, kernel, stride, pad), filters, window(e.size, kernel, stride, pad));
    }

    int batchNorm(int x, String name) {
        Extent e = extents.get(x);
        parameters.put(name + ".weight", new int[] {e.channels});
        parameters.put(name + ".bias", new int[] {e.channels});
        return append(new BatchNorm(x, name, e.channels), e.channels, e.size);
    }

    int linear(int x, String name, int out) {
        parameters.put(name + ".weight", new int[] {out, extents.get(x).features()});
        parameters.put(name + ".bias", new int[] {out});
        return append(new Linear(x, name, out), out, 1);
    }

    int relu(int x) {
        return append(new Relu(x), extents.get(x).channels, extents.get(x).size);
    }

    int sigmoid(int x) {
        return append(new Sigmoid(x), extents.get(x).channels, extents.get(x).size);
    }

    int maxPool(int x, int kernel, int stride, int pad) {
        Extent e = extents.get(x);
        return append(new MaxPool(x, kernel, stride, pad), e.channels, window(e.size, kernel, stride, pad));
    }

    int avgPool(int x, int kernel) {
        Extent e = extents.get(x);
        return append(new AvgPool(x, kernel), e.channels, window(e.size, kernel, kernel, 0));
    }

    int globalAvgPool(int x) {
        return append(new GlobalAvgPool(x), extents.get(x).channels, 1);
    }

    int flatten(int x) {
        return append(new Flatten(x), extents.get(x).features(), 1);
    }

    int dropout(int x) {
        return append(new Dropout(x), extents.get(x).channels, extents.get(x).size);
    }

    int add(int a, int b) {
        return append(new Add(a, b), extents.get(a).channels, extents.get(a).size);
    }

    int concat(List<Integer> parts) {
        int channels = parts.stream().mapToInt(this::channels).sum();
        return append(new Concat(parts), channels, extents.get(parts.getFirst()).size);
    }
}
