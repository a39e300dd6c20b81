package dev.sextant.zoo;

import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The networks of the book (d2l.ai) by name: how each is described, and what it is trained with.
final class Book {
    private Book() {
    }

    static List<String> names() {
        return List.of("linear", "softmax", "mlp", "mlp-dropout", "lenet", "lenet-bn", "lenet5", "alexnet", "vgg11",
                "vgg11-small", "nin", "googlenet", "resnet18", "densenet");
    }

    static List<String> variants(String name) {
        return switch (name) {
            case "lenet" -> List.of("book", "no-second-sigmoid", "maxpool");
            case "lenet-bn" -> List.of("book", "maxpool");
            case "alexnet" -> List.of("book", "conv1-nopad");
            default -> List.of("book");
        };
    }

    static Layer layers(String name, String variant, int classes, Map<String, ?> builder) {
        boolean max = Zoo.text(builder, "pool", variant.equals("maxpool") ? "max" : "avg").equals("max");
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
            case "alexnet" ->
                AlexNet.book(classes, Zoo.number(builder, "conv1Padding", variant.equals("book") ? 1 : 0));
            case "vgg", "vgg11" -> Vgg.book(arch(builder), classes);
            case "vgg11-small" -> Vgg.book(Vgg.divided(Vgg.VGG11, 4), classes);
            case "nin" -> Nin.book(classes);
            case "googlenet" -> GoogLeNet.book(classes);
            case "resnet18" -> ResNet.book18(classes);
            case "densenet" -> DenseNet.book(Zoo.number(builder, "growthRate", 32), blocks(builder), classes);
            default -> throw new SextantException("zoo: there is no network '%s'", name);
        };
    }

    /// Image size and settings of the book (d2l.ai, the chapters' `train_ch6` and `train_ch3` calls).
    record Preset(int size, Hyper hyper) {
    }

    static Preset preset(String name) {
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
}
