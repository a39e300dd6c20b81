package dev.sextant.cli.train;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.BatchLoader;
import dev.sextant.nn.data.BatchOptions;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.data.Dataset;
import dev.sextant.nn.train.Task;
import dev.sextant.zoo.LinearRegression;
import dev.sextant.zoo.NetSettings;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import dev.sextant.zoo.data.DataEnvironment;
import dev.sextant.zoo.data.DataSets;
import dev.sextant.zoo.data.TrainTest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A network made for its data, and what it learns from and is tested with: images and their classes, or for `linear`
/// points on a plane.
///
/// @param test  null where the task has none
/// @param facts for the run card
/// @param open  to be closed at the end
public record Examples(Network network, Task task, BatchSource train, BatchSource test, Map<String, Object> facts,
        List<BatchLoader> open) implements AutoCloseable {
    /// Enough that evaluation is not slowed by small batches, little enough that 224×224 images fit.
    private static final int TEST_BATCH = 256;

    /// The network and its examples, as the settings ask for them. Unless the settings say otherwise,
    /// the network has the data's channels and classes.
    ///
    /// @throws DataException if they are not to be had
    public static Examples of(TrainSettings s, Device device, Consumer<String> notes) {
        if (s.net().equals(LinearRegression.NAME)) {
            if (s.data() != null) {
                throw new DataException("linear makes its own data; leave --data out");
            }
            Network network = Zoo.create(builder(s));
            return new Examples(network, Task.REGRESSION, LinearRegression.data(s.batch(), s.seed(), device), null,
                    Map.of("data", "generated from the seed"), List.of());
        }
        int usualSize = Zoo.create(builder(s)).input().dim(1);
        TrainTest data = DataSets.open(Optional.ofNullable(s.data()), usualSize, DataEnvironment.system(notes));
        Map<String, Object> builder = builder(s);
        builder.putIfAbsent("inputChannels", data.train().imageShape().dim(0));
        builder.putIfAbsent("classes", data.train().classNames().size());
        Network network = Zoo.create(builder);
        int size = network.input().dim(1);
        int resize = size == data.train().imageShape().dim(1) ? 0 : size;
        var train = new BatchLoader(first(data.train(), s.images()),
                BatchOptions.training(s.batch(), s.seed()).withImageSize(resize), device);
        var test = new BatchLoader(first(data.test(), s.images()),
                BatchOptions.inOrder(Math.min(s.batch(), TEST_BATCH)).withImageSize(resize), device);
        return new Examples(network, Task.CLASSIFICATION, train, test, facts(data, train, test),
                List.of(train, test));
    }

    private static Map<String, Object> builder(TrainSettings s) {
        Map<String, Object> builder = NetSettings.parse(s.options());
        builder.putAll(Map.of("net", s.net(), "edition", s.edition(), "variant", s.variant()));
        return builder;
    }

    private static Dataset first(Dataset data, int images) {
        return images == 0 || images >= data.size() ? data : data.range(0, images);
    }

    private static Map<String, Object> facts(TrainTest data, BatchLoader train, BatchLoader test) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("data", data.name());
        facts.put("dataSha256", data.sha256());
        facts.put("dataOrigin", data.origin());
        facts.put("trainExamples", train.dataset().size());
        facts.put("testExamples", test.dataset().size());
        facts.put("classNames", data.train().classNames());
        return facts;
    }

    /// What a model file must say of the network, so that it can be built again.
    public Map<String, String> metadata() {
        return Map.of("net", network.name(), "edition", network.edition(), "variant", network.variant(),
                "inputChannels", Integer.toString(network.input().dim(0)), "inputSize",
                Integer.toString(network.input().dim(1)), "classes", Integer.toString(network.classes()));
    }

    @Override
    public void close() {
        open.forEach(BatchLoader::close);
    }
}
