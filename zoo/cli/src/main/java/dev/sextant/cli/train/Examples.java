package dev.sextant.cli.train;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.BatchLoader;
import dev.sextant.nn.data.BatchOptions;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.train.Task;
import dev.sextant.zoo.LinearRegression;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.data.DataEnvironment;
import dev.sextant.zoo.data.DataSets;
import dev.sextant.zoo.data.TrainTest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What a network learns from and is tested with: images and their classes, or for `linear` points on a plane.
///
/// @param test  null where the task has none
/// @param facts for the run card
record Examples(Task task, BatchSource train, BatchSource test, Map<String, Object> facts, List<BatchLoader> open)
        implements AutoCloseable {
    /// Enough that evaluation is not slowed by small batches, little enough that 224×224 images fit.
    private static final int TEST_BATCH = 256;

    /// The examples for a network, as the settings ask for them.
    ///
    /// @throws DataException if they are not to be had
    static Examples of(Network network, TrainSettings s, Device device, Consumer<String> notes) {
        if (network.name().equals("linear")) {
            if (s.data() != null) {
                throw new DataException("linear makes its own data; leave --data out");
            }
            return new Examples(Task.REGRESSION, LinearRegression.data(s.batch(), s.seed(), device), null,
                    Map.of("data", "generated from the seed"), List.of());
        }
        TrainTest data = DataSets.open(Optional.ofNullable(s.data()), DataEnvironment.system(notes));
        int size = network.input().dim(1);
        int resize = size == data.train().imageShape().dim(1) ? 0 : size;
        var train = new BatchLoader(data.train(), BatchOptions.training(s.batch(), s.seed()).withImageSize(resize),
                device);
        var test = new BatchLoader(data.test(),
                BatchOptions.inOrder(Math.min(s.batch(), TEST_BATCH)).withImageSize(resize), device);
        return new Examples(Task.CLASSIFICATION, train, test, facts(data), List.of(train, test));
    }

    private static Map<String, Object> facts(TrainTest data) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("data", data.name());
        facts.put("dataSha256", data.sha256());
        facts.put("dataOrigin", data.origin());
        facts.put("trainExamples", data.train().size());
        facts.put("testExamples", data.test().size());
        return facts;
    }

    @Override
    public void close() {
        open.forEach(BatchLoader::close);
    }
}
