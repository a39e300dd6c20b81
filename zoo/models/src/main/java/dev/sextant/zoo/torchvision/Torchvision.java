package dev.sextant.zoo.torchvision;

import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.zoo.Hyper;
import java.util.List;

/// torchvision's networks by name (with `-` for `_`): the settings of each, in one place.
public final class Torchvision {
    /// A network, how it is initialised, and what torchvision's reference scripts train it with.
    public record Entry(Layer model, InitPolicy init, Hyper hyper) {
    }

    private static final Hyper SLOW = new Hyper(32, 0.01, 90);
    private static final Hyper USUAL = new Hyper(32, 0.1, 90);

    private Torchvision() {
    }

    /// The names.
    public static List<String> names() {
        return List.of("alexnet", "vgg11", "vgg11-bn", "vgg13", "vgg13-bn", "vgg16", "vgg16-bn", "vgg19", "vgg19-bn",
                "googlenet", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide-resnet50-2",
                "densenet121", "densenet161", "densenet169", "densenet201", "squeezenet1-0", "squeezenet1-1",
                "mobilenet-v2");
    }

    /// Smallest side of an image that the network takes.
    public static int smallestSide(String name) {
        return switch (name) {
            case "alexnet" -> 63;
            case "googlenet" -> 15;
            case "squeezenet1-0" -> 21;
            case "squeezenet1-1" -> 17;
            default -> name.startsWith("vgg") ? 32 : name.startsWith("densenet") ? 29 : 1;
        };
    }

    /// A network.
    ///
    /// @param auxHeads       GoogLeNet: with both auxiliary heads
    /// @param transformInput GoogLeNet: takes images as torchvision's published weights expect them
    public static Entry create(String name, boolean auxHeads, boolean transformInput, int classes) {
        return switch (name) {
            case "alexnet" -> new Entry(AlexNet.create(classes), AlexNet.INIT, SLOW);
            case "vgg11", "vgg13", "vgg16", "vgg19", "vgg11-bn", "vgg13-bn", "vgg16-bn", "vgg19-bn" -> new Entry(
                    Vgg.create(Integer.parseInt(name.substring(3, 5)), name.endsWith("-bn"), classes), Vgg.INIT, SLOW);
            case "googlenet" -> new Entry(new GoogLeNet(auxHeads, transformInput, classes), GoogLeNet.INIT, USUAL);
            case "resnet18" -> resNet(ResNet.basic(new int[] {2, 2, 2, 2}, classes));
            case "resnet34" -> resNet(ResNet.basic(new int[] {3, 4, 6, 3}, classes));
            case "resnet50" -> resNet(ResNet.bottleneck(new int[] {3, 4, 6, 3}, 1, classes));
            case "resnet101" -> resNet(ResNet.bottleneck(new int[] {3, 4, 23, 3}, 1, classes));
            case "resnet152" -> resNet(ResNet.bottleneck(new int[] {3, 8, 36, 3}, 1, classes));
            case "wide-resnet50-2" -> resNet(ResNet.bottleneck(new int[] {3, 4, 6, 3}, 2, classes));
            case "densenet121" -> denseNet(DenseNet.create(64, 32, new int[] {6, 12, 24, 16}, classes));
            case "densenet161" -> denseNet(DenseNet.create(96, 48, new int[] {6, 12, 36, 24}, classes));
            case "densenet169" -> denseNet(DenseNet.create(64, 32, new int[] {6, 12, 32, 32}, classes));
            case "densenet201" -> denseNet(DenseNet.create(64, 32, new int[] {6, 12, 48, 32}, classes));
            case "squeezenet1-0" -> new Entry(SqueezeNet.v10(classes), SqueezeNet.INIT, SLOW);
            case "squeezenet1-1" -> new Entry(SqueezeNet.v11(classes), SqueezeNet.INIT, SLOW);
            case "mobilenet-v2" -> new Entry(MobileNetV2.create(classes), MobileNetV2.INIT, new Hyper(32, 0.045, 300));
            default -> throw new SextantException("zoo: torchvision's edition has no network '%s'; it has %s", name,
                    names());
        };
    }

    private static Entry resNet(Layer model) {
        return new Entry(model, ResNet.INIT, USUAL);
    }

    private static Entry denseNet(Layer model) {
        return new Entry(model, DenseNet.INIT, USUAL);
    }
}
