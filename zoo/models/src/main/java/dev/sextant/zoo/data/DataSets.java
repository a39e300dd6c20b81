package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.ImageFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The data set that a command line asks for.
public final class DataSets {
    /// The value of `--data` that asks for generated shapes.
    public static final String SYNTHETIC = "synthetic";
    /// The value of `--data` that asks for CIFAR-10, fetched if need be.
    public static final String CIFAR10 = "cifar10";

    /// The shapes are always the same, as a real data set would be, whatever the seed of the training.
    private static final long SYNTHETIC_SEED = 1;

    private DataSets() {
    }

    /// What the option `--data` means: nothing is Fashion-MNIST, wherever it can be had; `synthetic` is
    /// [SyntheticShapes]; `cifar10` is [Cifar10]; anything else is a folder, with CIFAR-10's binary files, with the
    /// folders `train` and `test` of classes of image files ([ImageFolder]), or with Fashion-MNIST.
    ///
    /// @param imageSize height and width that image files are brought to; the other data sets keep theirs
    public static TrainTest open(Optional<String> option, int imageSize, DataEnvironment environment) {
        if (option.equals(Optional.of(SYNTHETIC))) {
            return SyntheticShapes.generate(SYNTHETIC_SEED);
        }
        if (option.equals(Optional.of(CIFAR10))) {
            return Cifar10.load(environment);
        }
        Optional<Path> folder = option.map(Path::of);
        if (folder.filter(Cifar10::isIn).isPresent()) {
            return Cifar10.read(folder.get());
        }
        if (folder.filter(f -> Files.isDirectory(f.resolve("train")) && Files.isDirectory(f.resolve("test")))
                .isPresent()) {
            return imageFolders(folder.get(), imageSize);
        }
        return FashionMnist.load(folder, environment);
    }

    private static TrainTest imageFolders(Path root, int size) {
        var train = new ImageFolder(root.resolve("train"), 3, size);
        var test = new ImageFolder(root.resolve("test"), 3, size);
        if (!train.classNames().equals(test.classNames())) {
            throw new DataException("%s: train has the classes %s, but test has %s", root, train.classNames(),
                    test.classNames());
        }
        // Names and sizes: hashing the content would read everything once more.
        var hash = FashionFiles.sha256();
        try {
            for (ImageFolder part : List.of(train, test)) {
                for (int i = 0; i < part.size(); i++) {
                    hash.update((root.relativize(part.file(i)) + " " + Files.size(part.file(i)) + "\n")
                            .getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new DataException(e, "%s: cannot be listed: %s", root, e);
        }
        return new TrainTest(root.getFileName().toString(), train, test, HexFormat.of().formatHex(hash.digest()),
                root.toString());
    }
}
