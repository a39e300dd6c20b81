package dev.sextant.cli.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// `run.json`: what ran, on what, with which settings; enough to run it again. `settings` is what `--resume` reads back.
public final class RunCard {
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final JsonObject json;

    private RunCard(JsonObject json) {
        this.json = json;
    }

    /// A new card.
    ///
    /// @param settings    a record of the settings in full
    /// @param facts       what the training knows of itself: data hash, device, algorithms, parameter count, …
    /// @param environment the machine and the software
    /// @param commandLine as typed
    public static RunCard of(Object settings, Map<String, ?> facts, Map<String, ?> environment,
            String commandLine) {
        var json = new JsonObject();
        json.add("settings", GSON.toJsonTree(settings));
        json.add("training", GSON.toJsonTree(facts));
        json.add("environment", GSON.toJsonTree(environment));
        json.addProperty("commandLine", commandLine);
        json.addProperty("started", now());
        return new RunCard(json);
    }

    /// Reads the card of an earlier run.
    ///
    /// @throws FormatException if it is damaged
    public static RunCard read(Path file) {
        try {
            JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
            if (!json.has("settings") || !json.get("settings").isJsonObject()) {
                throw new FormatException("%s is no run card: it has no settings", file);
            }
            return new RunCard(json);
        } catch (JsonParseException | IllegalStateException e) {
            throw new FormatException(e, "%s is damaged: %s", file, e.getMessage());
        } catch (IOException e) {
            throw new SextantException(e, "cannot read %s: %s", file, e);
        }
    }

    /// The settings as the given record.
    ///
    /// @throws FormatException if they do not fit it
    public <T> T settings(Class<T> type) {
        try {
            return GSON.fromJson(json.get("settings"), type);
        } catch (JsonParseException e) {
            throw new FormatException(e, "run.json: the settings cannot be read: %s", e.getMessage());
        }
    }

    /// What the training knew of itself when the run began, by name; null if it did not say.
    public String trainingFact(String name) {
        return fact("training", name);
    }

    /// An entry of a section (`training`, `environment`, …); null if it is not there.
    public String fact(String section, String name) {
        return json.get(section) instanceof JsonObject o && o.get(name) instanceof JsonPrimitive p ? p.getAsString()
                : null;
    }

    /// An entry of the section `training` that is a list; empty if it is not there.
    public List<String> trainingList(String name) {
        return json.get("training") instanceof JsonObject o && o.get(name) instanceof JsonArray a
                ? a.asList().stream().map(JsonElement::getAsString).toList()
                : List.of();
    }

    /// Notes that the run went on from a checkpoint, and with which settings.
    public synchronized void resumed(long globalStep, Object settings, String commandLine) {
        JsonArray list = json.has("resumed") ? json.getAsJsonArray("resumed") : new JsonArray();
        var entry = new JsonObject();
        entry.addProperty("step", globalStep);
        entry.addProperty("time", now());
        entry.addProperty("commandLine", commandLine);
        list.add(entry);
        json.add("resumed", list);
        json.add("settings", GSON.toJsonTree(settings));
        json.remove("finished");
    }

    /// Adds or replaces an entry, for example `finished` or `result`.
    public synchronized void put(String name, Object value) {
        json.add(name, GSON.toJsonTree(value));
    }

    /// The time for `started` and `finished`, in UTC.
    public static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// Writes the card.
    public synchronized void write(Path file) throws IOException {
        AtomicFile.write(file, GSON.toJson(json) + "\n");
    }

    /// A copy: the page is painted by a thread of its own, while the training adds entries.
    synchronized JsonObject json() {
        return json.deepCopy();
    }
}
