package dev.sextant.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sextant.engine.error.SextantException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A benchmark's result as JMH wrote it.
///
/// @param benchmark class and method, without packages
/// @param mode      `avgt`: lower is better; `thrpt`: higher is better
/// @param samples   the score of every iteration of every fork
record JmhResult(String benchmark, Map<String, String> parameters, String mode, String unit, double[] samples) {

    /// All results in a file.
    static List<JmhResult> read(Path file) {
        try {
            List<JmhResult> results = new ArrayList<>();
            for (JsonElement element : JsonParser.parseString(Files.readString(file)).getAsJsonArray()) {
                results.add(of(element.getAsJsonObject()));
            }
            return results;
        } catch (IOException e) {
            throw new SextantException(e, "bench report: %s cannot be read: %s", file, e.getMessage());
        } catch (JsonParseException | IllegalStateException | NullPointerException | UnsupportedOperationException
                | NumberFormatException e) {
            throw new SextantException(e, "bench report: %s is not what JMH writes with -rf json (%s)", file,
                    e.getMessage());
        }
    }

    private static JmhResult of(JsonObject json) {
        JsonObject metric = json.getAsJsonObject("primaryMetric");
        List<Double> samples = new ArrayList<>();
        for (JsonElement fork : metric.getAsJsonArray("rawData")) {
            JsonArray iterations = fork.getAsJsonArray();
            iterations.forEach(i -> samples.add(i.getAsDouble()));
        }
        Map<String, String> parameters = new TreeMap<>();
        if (json.has("params")) {
            json.getAsJsonObject("params").entrySet().forEach(p -> parameters.put(p.getKey(),
                    p.getValue().getAsString()));
        }
        String name = json.get("benchmark").getAsString();
        int method = name.lastIndexOf('.');
        return new JmhResult(name.substring(name.lastIndexOf('.', method - 1) + 1), parameters,
                json.get("mode").getAsString(), metric.get("scoreUnit").getAsString(),
                samples.stream().mapToDouble(d -> d).toArray());
    }

    /// What tells it from the others of its run.
    String key() {
        return benchmark + parameters + mode;
    }

    boolean isSimulated() {
        return parameters.values().stream().anyMatch(v -> v.startsWith("simulated"));
    }

    boolean isLowerBetter() {
        return !mode.equals("thrpt");
    }

    /// For people: the parameters' values, and with them the benchmark.
    String label() {
        return benchmark + (parameters.isEmpty() ? "" : " " + String.join(", ", parameters.values()));
    }
}
