package dev.sextant.cli.train;

import dev.sextant.cli.Devices;
import dev.sextant.engine.Device;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Trainer;
import dev.sextant.nn.train.TrainingListener;
import dev.sextant.zoo.Network;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/// A network of the zoo, trained as the book does: plain SGD at a constant rate, a test after each
/// epoch.
public final class NetworkTraining implements Training {
    private static final double CHECKPOINT_SECONDS = 60;

    private final TrainSettings settings;
    private final Network network;
    private final Device device;
    private final Examples examples;
    private final Trainer trainer;

    private NetworkTraining(TrainSettings s, Path checkpoint, boolean resume, Consumer<String> notes) {
        settings = s;
        device = Devices.of(s.backend(), s.threads(), s.precision(), s.conv());
        examples = Examples.of(s, device, notes);
        network = examples.network();
        network.initialize(device, s.seed());
        // A run that was killed before its first checkpoint starts again from its seed, which gives the same numbers.
        boolean goesOn = resume && Files.exists(checkpoint);
        s.start().apply(network.model(), device, !goesOn, notes);
        network.model().fuse(s.fuse());
        trainer = new Trainer(network.model(), Optimizer.sgd(s.lr(), network.model().parameters()), examples.task(),
                examples.train(), examples.test(), s.seed());
        trainer.checkpointTo(checkpoint, CHECKPOINT_SECONDS, metadata());
        if (goesOn) {
            trainer.resumeFrom(checkpoint);
        }
    }

    /// What a model file must say of the network, so that it can be built again.
    private Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>(settings.options());
        metadata.putAll(examples.metadata());
        return metadata;
    }

    /// Prepares a training, as [Training.Factory] says.
    ///
    /// @throws dev.sextant.engine.error.SextantException if the network, the device or the data are not to be had
    public static Training open(TrainSettings settings, Path checkpoint, boolean resume, Consumer<String> notes) {
        return new NetworkTraining(settings, checkpoint, resume, notes);
    }

    @Override
    public long globalStep() {
        return trainer.state().globalStep();
    }

    @Override
    public String device() {
        return Devices.describe(settings.backend(), settings.threads());
    }

    @Override
    public Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.putAll(examples.facts());
        facts.put("input", network.input().toString());
        facts.put("parameters", network.model().parameterCount());
        facts.put("optimizer", "sgd");
        facts.put("device", device());
        facts.put("backend", device.backend().describe());
        return facts;
    }

    @Override
    public boolean run(TrainingListener listener) {
        return trainer.listen(listener).run(settings.epochs());
    }

    @Override
    public void requestStop() {
        trainer.requestStop();
    }

    @Override
    public double examplesPerSecond() {
        return trainer.state().allExamples() / trainer.state().allSeconds();
    }

    @Override
    public void close() {
        examples.close();
    }
}
