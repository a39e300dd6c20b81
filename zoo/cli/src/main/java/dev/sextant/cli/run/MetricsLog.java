package dev.sextant.cli.run;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.sextant.nn.train.EpochResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// `metrics.jsonl`: one JSON object a line, for every recorded point and every epoch.
///
/// ```
/// {"kind":"train","step":94,"epoch":0.4,"loss":2.3104,"accuracy":0.1021,"examplesPerSecond":37512.3}
/// {"kind":"epoch","step":235,"epoch":1,"trainLoss":…,"trainAccuracy":…,"testLoss":…,"testAccuracy":…,"trainSeconds":…}
/// ```
/// A number that JSON lacks (NaN, infinity) is `null`. Each line is one write, forced to the disk, so that a killed
/// process leaves whole lines and at most one torn one at the end. [#open] cuts that away together with everything
/// after the checkpoint's step: a resumed run writes those lines again, and its file equals the one of a run that was
/// never interrupted, but for the times (`examplesPerSecond`, `trainSeconds`).
public final class MetricsLog implements AutoCloseable {
    private final FileChannel channel;
    private final List<TrainPoint> points = new ArrayList<>();
    private final List<EpochPoint> epochs = new ArrayList<>();

    private MetricsLog(FileChannel channel) {
        this.channel = channel;
    }

    /// What a run has recorded so far; the file stays as it is.
    public static History read(Path file) throws IOException {
        var log = new MetricsLog(null);
        Files.readString(file).lines().allMatch(line -> log.remember(line, Long.MAX_VALUE));
        return log.history();
    }

    /// Opens the log of a run that stands at `globalStep` (0 for a new one) and forgets what lies after that.
    public static MetricsLog open(Path file, long globalStep) throws IOException {
        var log = new MetricsLog(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
        try {
            log.keepUntil(globalStep, Files.readString(file));
            return log;
        } catch (IOException | RuntimeException e) {
            log.channel.close();
            throw e;
        }
    }

    private void keepUntil(long globalStep, String text) throws IOException {
        long kept = 0;
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            String line = text.substring(start, end);
            if (!remember(line, globalStep)) {
                break;
            }
            kept += line.getBytes(StandardCharsets.UTF_8).length + 1L;
            start = end + 1;
        }
        channel.truncate(kept);
        channel.position(kept);
        channel.force(true);
    }

    /// False where the run's own past ends: a line after the checkpoint's step, or one that a crash left damaged.
    private boolean remember(String line, long globalStep) {
        try {
            JsonObject json = JsonParser.parseString(line).getAsJsonObject();
            long step = json.get("step").getAsLong();
            if (step > globalStep) {
                return false;
            }
            if (json.get("kind").getAsString().equals("epoch")) {
                epochs.add(new EpochPoint(step, new EpochResult(json.get("epoch").getAsInt(),
                        number(json, "trainLoss"), number(json, "trainAccuracy"), number(json, "testLoss"),
                        number(json, "testAccuracy"), number(json, "trainSeconds"),
                        number(json, "examplesPerSecond"))));
            } else {
                points.add(new TrainPoint(step, number(json, "epoch"), number(json, "loss"),
                        number(json, "accuracy"), number(json, "examplesPerSecond")));
            }
            return true;
        } catch (JsonParseException | IllegalStateException | NullPointerException | NumberFormatException e) {
            System.getLogger(MetricsLog.class.getName()).log(System.Logger.Level.WARNING,
                    "metrics.jsonl: dropping everything from the damaged line " + line);
            return false;
        }
    }

    private static double number(JsonObject json, String name) {
        JsonElement e = json.get(name);
        return e.isJsonNull() ? Double.NaN : e.getAsDouble();
    }

    private static JsonElement number(double value) {
        return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
    }

    /// Adds a point of the curve.
    public void append(TrainPoint p) throws IOException {
        points.add(p);
        var json = new JsonObject();
        json.addProperty("kind", "train");
        json.addProperty("step", p.step());
        json.add("epoch", number(p.epoch()));
        json.add("loss", number(p.loss()));
        json.add("accuracy", number(p.accuracy()));
        json.add("examplesPerSecond", number(p.examplesPerSecond()));
        writeLine(json);
    }

    /// Adds an epoch's result. Told again, as by a run resumed between an epoch's checkpoint and its next step, it is
    /// already there.
    public void append(EpochPoint p) throws IOException {
        if (!epochs.isEmpty() && epochs.getLast().step() == p.step()) {
            return;
        }
        epochs.add(p);
        EpochResult r = p.result();
        var json = new JsonObject();
        json.addProperty("kind", "epoch");
        json.addProperty("step", p.step());
        json.addProperty("epoch", r.epoch());
        json.add("trainLoss", number(r.trainLoss()));
        json.add("trainAccuracy", number(r.trainAccuracy()));
        json.add("testLoss", number(r.testLoss()));
        json.add("testAccuracy", number(r.testAccuracy()));
        json.add("trainSeconds", number(r.trainSeconds()));
        json.add("examplesPerSecond", number(r.examplesPerSecond()));
        writeLine(json);
    }

    private void writeLine(JsonObject json) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
        channel.force(false);
    }

    /// What has been recorded.
    public History history() {
        return new History(points, epochs);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
