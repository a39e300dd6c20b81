package dev.sextant.cli.train;

import dev.sextant.cli.Devices;
import dev.sextant.cli.run.RunCard;
import dev.sextant.cli.run.RunFolder;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Model;
import dev.sextant.zoo.LinearRegression;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// A run folder as a source of a trained model. It is only read, so a run that goes on is not disturbed.
///
/// @param settings   the run's
/// @param device     like the run's own
/// @param model      from the last checkpoint
/// @param classNames one per output
public record TrainedRun(TrainSettings settings, Device device, Model model, List<String> classNames) {

    /// Loads the model of a run.
    ///
    /// @throws SextantException if the folder holds no run, or the run has no checkpoint yet
    public static TrainedRun load(Path folder) {
        if (!RunFolder.isRun(folder)) {
            throw new SextantException("%s holds no run: it has no run.json; a run folder is what 'sextant train' "
                    + "leaves under runs/", folder);
        }
        RunCard card = RunCard.read(folder.resolve("run.json"));
        TrainSettings s = card.settings(TrainSettings.class);
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        if (!s.isComplete() || !Files.isRegularFile(checkpoint)) {
            throw new SextantException("%s has no checkpoint to load yet", folder);
        }
        if (s.net().equals(LinearRegression.NAME)) {
            throw new SextantException("%s is a regression on points; it has no classes to tell apart", folder);
        }
        Device device = Devices.of(s.backend(), CpuSettings.defaults().threads(), s.precision(), s.conv());
        Model model = Model.load(checkpoint, device);
        List<String> names = card.trainingList("classNames");
        int classes = (int) model.output().size();
        return new TrainedRun(s, device, model,
                names.size() == classes ? names : IntStream.range(0, classes).mapToObj(Integer::toString).toList());
    }
}
