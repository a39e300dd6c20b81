package dev.sextant.zoo.paper;

import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.zoo.Hyper;
import java.util.List;

/// The paper edition by name.
public final class Paper {
    /// A network, the side of its images, how it is initialised, and what the paper trains it with (momentum and
    /// weight decay aside).
    public record Entry(Layer model, int size, InitPolicy init, Hyper hyper) {
    }

    private Paper() {
    }

    /// The names.
    public static List<String> names() {
        return List.of("alexnet", "preact-resnet18");
    }

    /// A network.
    public static Entry create(String name, int classes) {
        return switch (name) {
            case "alexnet" -> new Entry(AlexNet.create(classes), 227, AlexNet.INIT, new Hyper(128, 0.01, 90));
            case "preact-resnet18" -> new Entry(PreActResNet.create18(classes), 224, PreActResNet.INIT,
                    new Hyper(256, 0.1, 90));
            default -> throw new SextantException("zoo: the paper edition has no network '%s'; it has %s", name,
                    names());
        };
    }
}
