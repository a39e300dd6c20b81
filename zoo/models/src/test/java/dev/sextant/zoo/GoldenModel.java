package dev.sextant.zoo;

import dev.sextant.nn.io.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// One reference file of a whole network, as the golden README describes it: typed access to its JSON.
record GoldenModel(String file, Map<String, Object> json) {

    static GoldenModel read(Path path) {
        try {
            @SuppressWarnings("unchecked")
            var json = (Map<String, Object>) Json.parse(Files.readString(path), path.getFileName().toString());
            return new GoldenModel(path.getFileName().toString(), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object o) {
        return (Map<String, Object>) o;
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object o) {
        return (List<Object>) o;
    }

    static double number(Object o) {
        return ((BigDecimal) o).doubleValue();
    }

    static int[] ints(Object o) {
        return list(o).stream().mapToInt(n -> ((BigDecimal) n).intValueExact()).toArray();
    }

    static double[] doubles(Object o) {
        return list(o).stream().mapToDouble(GoldenModel::number).toArray();
    }

    Map<String, Object> builder() {
        return map(json.get("builder"));
    }

    boolean isTorchvision() {
        return "torchvision".equals(builder().get("edition"));
    }

    Map<String, Object> numeric() {
        return map(json.get("numeric"));
    }

    boolean hasNumbers() {
        return json.get("numeric") != null;
    }

    long macs() {
        return ((BigDecimal) json.get("macsConvLinear")).longValueExact();
    }

    long totalParams() {
        return ((BigDecimal) json.get("totalParams")).longValueExact();
    }

    /// The hash that weights and inputs are made of; see the golden README, "Models". `0 <= u < 1`.
    static double u(int stream, int j) {
        int x = stream * 0x9E3779B1 + j * 0x85EBCA77 + 0x165667B1;
        x ^= x >>> 15;
        x *= 0x2C1B3C6D;
        x ^= x >>> 12;
        x *= 0x297A2D39;
        x ^= x >>> 15;
        return (x >>> 8) * 0x1p-24;
    }

    /// Values of parameter number `p`.
    ///
    /// @param batchNormWeight whether it is the scale of a batch norm
    static float[] parameter(int p, int[] shape, boolean batchNormWeight) {
        int size = 1;
        for (int d : shape) {
            size *= d;
        }
        float[] w = new float[size];
        double bound = shape.length >= 2 ? Math.sqrt(6.0 / (size / shape[0])) : 0.1;
        for (int j = 0; j < size; j++) {
            w[j] = (float) (batchNormWeight ? 0.5 + u(p, j) : (2 * u(p, j) - 1) * bound);
        }
        return w;
    }

    /// The input batch.
    static float[] input(int stream, int size) {
        float[] x = new float[size];
        for (int j = 0; j < size; j++) {
            x[j] = (float) (2 * u(stream, j) - 1);
        }
        return x;
    }
}
