package dev.sextant.nn.train;

import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Model;
import dev.sextant.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Keeps the model of the best epoch as a model file, ready for [Model#load]. The value it had stands in the file's
/// metadata, so that a resumed training does not replace it by something worse.
public final class KeepBest implements TrainingListener {
    private final Path file;
    private final Layer model;
    private final Watch watch;
    private final Map<String, String> metadata;
    private double best;

    /// @param metadata what a factory needs to build the layers again, see [Model#save]
    /// @param resume   whether to go on from the value in the file, if there is one
    public KeepBest(Path file, Layer model, Watch watch, Map<String, String> metadata, boolean resume) {
        this.file = file;
        this.model = model;
        this.watch = watch;
        this.metadata = Map.copyOf(metadata);
        best = resume && Files.exists(file) ? stored() : Double.NaN;
    }

    private double stored() {
        try (var in = SafeTensors.open(file)) {
            if (!watch.name().equals(in.metadata().get("watch"))) {
                throw new FormatException("keep best: %s was kept by %s, not by %s; give another file or resume with "
                        + "the same", file, in.metadata().get("watch"), watch);
            }
            return Double.parseDouble(in.metadata().get("best"));
        } catch (IOException | NumberFormatException | NullPointerException e) {
            throw new SextantException(e, "keep best: cannot read %s: %s", file, e.getMessage());
        }
    }

    @Override
    public void onEpoch(EpochResult r) {
        if (watch.better(watch.of(r), best, 0)) {
            best = watch.of(r);
            Map<String, String> all = new LinkedHashMap<>(metadata);
            all.put("watch", watch.name());
            all.put("best", Double.toString(best));
            all.put("epoch", Integer.toString(r.epoch()));
            Model.save(file, model, all);
        }
    }

    /// The value of the model in the file; NaN while there is none.
    public double best() {
        return best;
    }
}
