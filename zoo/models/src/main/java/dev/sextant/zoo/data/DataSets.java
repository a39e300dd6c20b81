package dev.sextant.zoo.data;

import java.nio.file.Path;
import java.util.Optional;

/// The data set that a command line asks for.
public final class DataSets {
    /// The value of `--data` that asks for generated shapes.
    public static final String SYNTHETIC = "synthetic";

    /// The shapes are always the same, as a real data set would be, whatever the seed of the training.
    private static final long SYNTHETIC_SEED = 1;

    private DataSets() {
    }

    /// What the option `--data` means: nothing is Fashion-MNIST, wherever it can be had; `synthetic` is
    /// [SyntheticShapes]; anything else is a folder with Fashion-MNIST.
    public static TrainTest open(Optional<String> option, DataEnvironment environment) {
        if (option.equals(Optional.of(SYNTHETIC))) {
            return SyntheticShapes.generate(SYNTHETIC_SEED);
        }
        return FashionMnist.load(option.map(Path::of), environment);
    }
}
