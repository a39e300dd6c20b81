package dev.sextant.zoo;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.init.InitPolicy;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The one door to every network: by name with its usual settings, or by a description as the reference data has it.
public final class Zoo {
    private static final String BOOK = "book";

    private Zoo() {
    }

    /// Names of the networks of the book edition, smallest first.
    public static List<String> names() {
        return List.of("linear", "softmax", "mlp", "mlp-dropout", "lenet", "lenet-bn", "lenet5", "alexnet", "vgg11",
                "vgg11-small", "nin", "googlenet", "resnet18", "densenet");
    }

    /// A network of the book edition, for Fashion-MNIST: 1 channel, 10 classes, the book's image size.
    ///
    /// @param variant `book` for the usual one; see [#variants]
    public static Network book(String name, String variant) {
        Map<String, Object> builder = new LinkedHashMap<>();
        builder.put("net", name);
        builder.put("edition", BOOK);
        builder.put("variant", variant);
        return create(builder);
    }

    /// The variants of a network, the usual one first.
    public static List<String> variants(String name) {
        return switch (name) {
            case "lenet" -> List.of(BOOK, "no-second-sigmoid", "maxpool");
            case "lenet-bn" -> List.of(BOOK, "maxpool");
            case "alexnet" -> List.of(BOOK, "conv1-nopad");
            default -> List.of(BOOK);
        };
    }

    /// A network from a description: `net`, and optionally `edition`, `inputChannels`, `inputSize`, `classes`,
    /// `variant`, `pool` (`avg`, `max`), `conv1Padding`, `arch` (a list of pairs), `growthRate`, `blocks`.
    ///
    /// @throws SextantException if there is no such network, edition or variant
    public static Network create(Map<String, ?> builder) {
        String name = text(builder, "net", "");
        String edition = text(builder, "edition", BOOK);
        String variant = text(builder, "variant", BOOK);
        if (!edition.equals(BOOK)) {
            throw new SextantException("zoo: there is no edition '%s' of %s; this version has: %s", edition, name, BOOK);
        }
        if (!name.equals("vgg") && !names().contains(name)) {
            throw new SextantException("zoo: there is no network '%s'; the networks are %s", name, names());
        }
        if (!variants(name).contains(variant)) {
            throw new SextantException("zoo: %s has no variant '%s'; it has %s", name, variant, variants(name));
        }
        Preset preset = preset(name);
        boolean regression = name.equals("linear");
        int classes = number(builder, "classes", regression ? 1 : 10);
        int size = number(builder, "inputSize", preset.size);
        int channels = number(builder, "inputChannels", regression ? 2 : 1);
        Layer model = layers(name, variant, classes, builder);
        return new Network(name, edition, variant, model, Shape.of(channels, size, size),
                classes, InitPolicy.XAVIER, preset.hyper);
    }

    private static Layer layers(String name, String variant, int classes, Map<String, ?> builder) {
        boolean max = text(builder, "pool", variant.equals("maxpool") ? "max" : "avg").equals("max");
        return switch (name) {
            case "linear" -> LinearRegression.create();
            case "softmax" -> SoftmaxRegression.create(classes);
            case "mlp" -> Mlp.create(classes);
            case "mlp-dropout" -> Mlp.withDropout(classes);
            case "lenet" -> switch (variant) {
                case "no-second-sigmoid" -> LeNet.withoutSecondSigmoid(classes);
                case "maxpool" -> LeNet.maxPooled(classes);
                default -> LeNet.create(classes);
            };
            case "lenet-bn" -> LeNet.withBatchNorm(classes, max);
            case "lenet5" -> LeNet5.create(classes);
            case "alexnet" -> AlexNet.book(classes, number(builder, "conv1Padding", variant.equals(BOOK) ? 1 : 0));
            case "vgg", "vgg11" -> Vgg.book(arch(builder), classes);
            case "vgg11-small" -> Vgg.book(Vgg.divided(Vgg.VGG11, 4), classes);
            case "nin" -> Nin.book(classes);
            case "googlenet" -> GoogLeNet.book(classes);
            case "resnet18" -> ResNet.book18(classes);
            case "densenet" -> DenseNet.book(number(builder, "growthRate", 32), blocks(builder), classes);
            default -> throw new SextantException("zoo: there is no network '%s'", name);
        };
    }

    /// Image size and settings of the book (d2l.ai, the chapters' `train_ch6` and `train_ch3` calls).
    private record Preset(int size, Hyper hyper) {
    }

    private static Preset preset(String name) {
        return switch (name) {
            case "linear" -> new Preset(1, new Hyper(10, 0.03, 3));
            case "mlp-dropout" -> new Preset(28, new Hyper(256, 0.5, 10));
            case "lenet" -> new Preset(28, new Hyper(256, 0.9, 10));
            case "lenet-bn" -> new Preset(28, new Hyper(256, 1.0, 10));
            case "lenet5" -> new Preset(32, new Hyper(256, 0.1, 10));
            case "alexnet" -> new Preset(224, new Hyper(128, 0.01, 10));
            case "vgg", "vgg11", "vgg11-small" -> new Preset(224, new Hyper(128, 0.05, 10));
            case "nin" -> new Preset(224, new Hyper(128, 0.1, 10));
            case "googlenet" -> new Preset(96, new Hyper(128, 0.1, 10));
            case "resnet18" -> new Preset(96, new Hyper(256, 0.05, 10));
            case "densenet" -> new Preset(96, new Hyper(256, 0.1, 10));
            default -> new Preset(28, new Hyper(256, 0.1, 10));
        };
    }

    private static List<Vgg.Block> arch(Map<String, ?> builder) {
        return builder.get("arch") instanceof List<?> list
                ? list.stream().map(pair -> new Vgg.Block(((Number) ((List<?>) pair).get(0)).intValue(),
                        ((Number) ((List<?>) pair).get(1)).intValue())).toList()
                : Vgg.VGG11;
    }

    private static List<Integer> blocks(Map<String, ?> builder) {
        return builder.get("blocks") instanceof List<?> list
                ? list.stream().map(n -> ((Number) n).intValue()).toList()
                : Arrays.asList(4, 4, 4, 4);
    }

    private static String text(Map<String, ?> builder, String key, String otherwise) {
        return builder.get(key) instanceof String s ? s : otherwise;
    }

    private static int number(Map<String, ?> builder, String key, int otherwise) {
        return builder.get(key) instanceof Number n ? n.intValue() : otherwise;
    }
}
