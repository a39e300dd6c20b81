package dev.sextant.cli.measure;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Milliseconds of forward passes in evaluation mode: medians, after enough passes for the JVM to have compiled them.
public final class LayerTimes {
    private static final double WARM_UP_SECONDS = 2;
    private static final double SECONDS = 1;
    private static final int FEWEST_PASSES = 5;

    private LayerTimes() {
    }

    /// A whole network as it runs usually, neighbouring layers fused.
    ///
    /// @param model initialised; put into evaluation mode
    public static double whole(Layer model, Shape input, Device device) {
        model.eval();
        repeat(model, input, device, WARM_UP_SECONDS);
        return median(repeat(model, input, device, SECONDS)) / 1e6;
    }

    /// Every layer by its name, everything below it included; the whole network's name is empty. A watched layer is not
    /// fused with its neighbours, so together they take a little longer than [#whole].
    ///
    /// @param model initialised; put into evaluation mode
    public static Map<String, Double> of(Layer model, Shape input, Device device) {
        model.eval();
        Map<String, Double> own = new HashMap<>();
        List<String> paths = new ArrayList<>();
        List<Layer.HookHandle> hooks = new ArrayList<>();
        Map<String, List<Double>> samples = new LinkedHashMap<>();
        // One thread runs the layers one after the other, and a layer reports when it ends, inner ones first. What has
        // passed since the last report was therefore its own work.
        long[] last = {System.nanoTime()};
        try {
            model.visit("", (path, layer) -> {
                paths.add(path);
                hooks.add(layer.onForward((l, in, out) -> {
                    device.backend().synchronize();
                    long now = System.nanoTime();
                    own.merge(path, (now - last[0]) / 1e6, Double::sum);
                    last[0] = System.nanoTime();
                }));
            });
            repeat(model, input, device, WARM_UP_SECONDS);
            long end = System.nanoTime() + (long) (SECONDS * 1e9);
            for (int i = 0; i < FEWEST_PASSES || System.nanoTime() < end; i++) {
                own.clear();
                pass(model, input, device, last);
                own.forEach((path, ms) -> samples.computeIfAbsent(path, p -> new ArrayList<>()).add(ms));
            }
        } finally {
            hooks.forEach(Layer.HookHandle::close);
        }
        Map<String, Double> medians = new HashMap<>();
        samples.forEach((path, all) -> medians.put(path,
                median(all.stream().mapToDouble(Double::doubleValue).toArray())));
        return inclusive(paths, medians);
    }

    /// A layer's own time and that of everything below it.
    private static Map<String, Double> inclusive(List<String> paths, Map<String, Double> own) {
        Map<String, Double> all = new LinkedHashMap<>();
        for (String path : paths) {
            double sum = 0;
            boolean ran = false;
            for (var e : own.entrySet()) {
                if (path.isEmpty() || e.getKey().equals(path) || e.getKey().startsWith(path + ".")) {
                    sum += e.getValue();
                    ran = true;
                }
            }
            // Auxiliary heads, for example, run in training only.
            if (ran) {
                all.put(path, sum);
            }
        }
        return all;
    }

    private static double[] repeat(Layer model, Shape input, Device device, double seconds) {
        List<Double> nanos = new ArrayList<>();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (nanos.size() < FEWEST_PASSES || System.nanoTime() < end) {
            nanos.add((double) pass(model, input, device, new long[1]));
        }
        return nanos.stream().mapToDouble(Double::doubleValue).toArray();
    }

    /// @param start set to the time when the image is there and the first layer starts
    private static long pass(Layer model, Shape input, Device device, long[] start) {
        try (var _ = GradMode.off(); var _ = Scope.open("measurement")) {
            Var x = Var.of(NDArray.full(input, 0.5, DType.FLOAT32, device));
            device.backend().synchronize();
            start[0] = System.nanoTime();
            long begin = start[0];
            model.apply(x);
            device.backend().synchronize();
            return System.nanoTime() - begin;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
