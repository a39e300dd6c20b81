package dev.sextant.bench;

import dev.sextant.engine.error.SextantException;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.Arrays;
import java.util.List;

/// The seven networks that Sextant is measured by, in the book's edition, each with the batch it is trained at.
public enum BookNet {
    LENET("lenet", 256, 28),
    ALEXNET("alexnet", 32, 224),
    VGG11_SMALL("vgg11-small", 32, 224),
    NIN("nin", 32, 224),
    GOOGLENET("googlenet", 32, 96),
    RESNET18("resnet18", 32, 96),
    DENSENET("densenet", 32, 96);

    private final String key;
    private final int trainBatch;
    private final int size;

    BookNet(String key, int trainBatch, int size) {
        this.key = key;
        this.trainBatch = trainBatch;
        this.size = size;
    }

    /// The name on the command line.
    public String key() {
        return key;
    }

    /// Images per training step.
    public int trainBatch() {
        return trainBatch;
    }

    /// Height and width of an image; there is one channel.
    public int size() {
        return size;
    }

    /// A fresh network with its shapes, not initialised.
    public Network create() {
        return Zoo.book(key, "book");
    }

    /// The network of that name.
    public static BookNet of(String name) {
        return Arrays.stream(values()).filter(n -> n.key.equals(name)).findFirst().orElseThrow(
                () -> new SextantException("bench: there is no network '%s' here; measured are %s", name, keys()));
    }

    /// All names.
    public static List<String> keys() {
        return Arrays.stream(values()).map(BookNet::key).toList();
    }
}
