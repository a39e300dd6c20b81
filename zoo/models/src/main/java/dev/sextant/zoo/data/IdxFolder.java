package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.Idx;
import dev.sextant.nn.data.ImageDataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A folder with the four IDX files of a data set such as MNIST: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or packed (`.gz`), in the folder itself or
/// where torchvision puts them below it (`raw`, `FashionMNIST/raw`, `MNIST/raw`).
public final class IdxFolder {
    /// Names of MNIST's classes.
    public static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private static final List<String> SUBFOLDERS = List.of("", "raw", "FashionMNIST/raw", "MNIST/raw");

    private IdxFolder() {
    }

    /// Reads whatever data set the folder holds; only its form is checked, not its identity.
    ///
    /// @param name       of the data set
    /// @param classNames by label
    /// @throws DataException if a file is missing or cannot be read
    /// @throws dev.sextant.engine.error.FormatException if a file is not well-formed, or the files do not fit together
    public static TrainTest load(Path folder, String name, List<String> classNames) {
        var files = locate(folder);
        var hash = FashionFiles.sha256();
        var train = part(name + " train", files.get(MnistFile.TRAIN_IMAGES), files.get(MnistFile.TRAIN_LABELS),
                classNames, hash);
        var test = part(name + " test", files.get(MnistFile.TEST_IMAGES), files.get(MnistFile.TEST_LABELS), classNames,
                hash);
        return new TrainTest(name, train, test, HexFormat.of().formatHex(hash.digest()), folder.toString());
    }

    private static ImageDataset part(String name, Path imageFile, Path labelFile, List<String> classNames,
            MessageDigest hash) {
        var images = Idx.read(imageFile);
        var labels = Idx.read(labelFile);
        for (Idx idx : List.of(images, labels)) {
            hash.update(idx.header());
            hash.update(idx.bytes());
        }
        return Idx.dataset(name, images, labels, classNames);
    }

    /// The four files in a folder, or below it where torchvision puts them.
    ///
    /// @throws DataException if there is no such folder, or a file is missing in it
    static Map<MnistFile, Path> locate(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException("there is no folder %s", folder);
        }
        Map<MnistFile, Path> found = new EnumMap<>(MnistFile.class);
        List<String> missing = new ArrayList<>();
        for (MnistFile file : MnistFile.values()) {
            locate(folder, file).ifPresentOrElse(path -> found.put(file, path),
                    () -> missing.add(file.packedName()));
        }
        if (!missing.isEmpty()) {
            throw new DataException("%s lacks %s (packed or not)", folder, String.join(", ", missing));
        }
        return found;
    }

    private static Optional<Path> locate(Path folder, MnistFile file) {
        for (String below : SUBFOLDERS) {
            for (String name : List.of(file.packedName(), file.fileName())) {
                Path path = folder.resolve(below).resolve(name);
                if (Files.isRegularFile(path)) {
                    return Optional.of(path);
                }
            }
        }
        return Optional.empty();
    }
}
