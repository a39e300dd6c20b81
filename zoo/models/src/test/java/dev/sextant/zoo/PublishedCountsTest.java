package dev.sextant.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Summary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Parameters, multiply-adds and shapes as published, or derived from the papers and the book by hand.
class PublishedCountsTest {

    @ParameterizedTest
    @CsvSource({
        "alexnet,         61100840,   714188480",
        "vgg11,          132863336,  7609090048",
        "vgg11-bn,       132868840,  7609090048",
        "vgg13,          133047848, 11308466176",
        "vgg13-bn,       133053736, 11308466176",
        "vgg16,          138357544, 15470264320",
        "vgg16-bn,       138365992, 15470264320",
        "vgg19,          143667240, 19632062464",
        "vgg19-bn,       143678248, 19632062464",
        "googlenet,        6624904,  1498376192",
        "resnet18,        11689512,  1814073344",
        "resnet34,        21797672,  3663761408",
        "resnet50,        25557032,  4089184256",
        "resnet101,       44549160,  7801405440",
        "resnet152,       60192808, 11513626624",
        "densenet121,      7978856,  2834161664",
        "densenet161,     28681000,  7727907072",
        "densenet169,     14149480,  3359843328",
        "densenet201,     20013928,  4291365888",
        "squeezenet1-0,    1248424,   818924576",
        "squeezenet1-1,    1235496,   349151936",
        "mobilenet-v2,     3504872,   300774272",
        "wide-resnet50-2, 68883240, 11398021120",
    })
    void torchvision(String name, long params, long macs) {
        check(Zoo.torchvision(name), params, macs);
    }

    @ParameterizedTest
    @CsvSource({
        "softmax,         7850,       7840",
        "mlp,           203530,     203264",
        "lenet,          61706,     416520",
        "lenet-bn,       44878,     281640",
        "lenet5,         60806,     326520",
        "alexnet,     46764746,  938146176",
        "vgg11,      128806154, 7547232256",
        "vgg11-small, 43093322,  512155648",
        "nin,          1992166,  762297352",
        "googlenet,    5977530,  276066304",
        "resnet18,    11178378,  318657536",
        "densenet,      758226,  129077168",
    })
    void book(String name, long params, long macs) {
        check(Zoo.book(name, "book"), params, macs);
    }

    /// AlexNet 2012: the sum of 34,944 + 307,456 + 885,120 + 663,936 + 442,624 + 37,752,832 + 16,781,312 + 4,097,000;
    /// multiply-adds 55²·34,848 + 27²·307,200 + 13²·(884,736 + 663,552 + 442,368) + 58,621,952. Pre-activation
    /// ResNet-18: ResNet-18's convolutions and linear layer, and batch norms over 3,904 channels instead of 4,800.
    @ParameterizedTest
    @CsvSource({
        "alexnet,         60965224, 724406816",
        "preact-resnet18, 11687720, 1814073344",
    })
    void paper(String name, long params, long macs) {
        check(Zoo.paper(name), params, macs);
    }

    @Test
    void bothAuxiliaryHeadsAddSixMillionParameters() {
        assertEquals(13_004_888, Summary.of(Zoo.create(Map.of("net", "googlenet", "edition", "torchvision",
                "auxHeads", true)).model(), Shape.of(1, 3, 224, 224), "").totalParams());
    }

    private static void check(Network net, long params, long macs) {
        Summary summary = Summary.of(net.model(), net.inputShape(1), net.name());
        assertEquals(params, summary.totalParams(), "parameters");
        assertEquals(macs, summary.totalMacs(), "multiply-adds");
        assertEquals(Shape.of(1, net.classes()), summary.rows().getFirst().output());
    }

    @Test
    void alexNetLayerByLayer() {
        assertEquals(List.of(11_712L, 614_656L, 885_120L, 1_327_488L, 884_992L, 26_218_496L, 16_781_312L, 40_970L),
                counts(Zoo.book("alexnet", "book"), "Conv2d", "Linear"));
    }

    @Test
    void alexNetsUnpaddedVariantHasTheSameShapes() {
        assertEquals(outputs(Zoo.book("alexnet", "book")), outputs(Zoo.book("alexnet", "conv1-nopad")));
        check(Zoo.book("alexnet", "conv1-nopad"), 46_764_746, 938_146_176);
    }

    @Test
    void ninLayerByLayer() {
        assertEquals(List.of(11_712L, 9_312L, 9_312L, 614_656L, 65_792L, 65_792L, 885_120L, 147_840L, 147_840L,
                34_570L, 110L, 110L), counts(Zoo.book("nin", "book"), "Conv2d"));
    }

    @ParameterizedTest
    @CsvSource({
        "2.0, 12352 18528 110720 3088 12832 6176",
        "2.1, 32896 32896 221376 8224 76896 16448",
        "3.0, 92352 46176 179920 7696 19248 30784",
        "3.3, 57456 73872 373536 16416 51264 32832",
        "4.1, 319872 159936 663936 39984 153728 106624",
    })
    void inceptionLayerByLayer(String block, String counts) {
        var summary = summary(Zoo.book("googlenet", "book"));
        List<Long> actual = summary.rows().stream()
                .filter(r -> r.path().startsWith(block + ".") && r.type().equals("Conv2d")).map(Summary.Row::params)
                .toList();
        assertEquals(Arrays.stream(counts.split(" ")).map(Long::valueOf).toList(), actual);
    }

    @Test
    void residualBlocksLayerByLayer() {
        Map<String, Long> params = params(Zoo.book("resnet18", "book"));
        assertEquals(36_928, params.get("1.0.conv1"));
        assertEquals(128, params.get("1.0.bn1"));
        assertEquals(List.of(73_856L, 147_584L, 8_320L),
                List.of(params.get("2.0.conv1"), params.get("2.0.conv2"), params.get("2.0.conv3")));
        assertEquals(List.of(295_168L, 590_080L, 33_024L),
                List.of(params.get("3.0.conv1"), params.get("3.0.conv2"), params.get("3.0.conv3")));
        assertEquals(List.of(1_180_160L, 2_359_808L, 131_584L),
                List.of(params.get("4.0.conv1"), params.get("4.0.conv2"), params.get("4.0.conv3")));
    }

    @Test
    void denseNetLayerByLayer() {
        Network net = Zoo.book("densenet", "book");
        var rows = summary(net).rows();
        var block = rows.stream().filter(r -> r.path().startsWith("1.net.")).toList();
        assertEquals(List.of(128L, 192L, 256L, 320L), block.stream().filter(r -> r.type().startsWith("BatchNorm"))
                .map(Summary.Row::params).toList());
        assertEquals(List.of(18_464L, 27_680L, 36_896L, 46_112L), block.stream().filter(r -> r.type().equals("Conv2d"))
                .map(Summary.Row::params).toList());
        Map<String, Long> params = params(net);
        assertEquals(List.of(18_528L, 25_200L, 28_920L),
                List.of(params.get("2.2"), params.get("4.2"), params.get("6.2")));
        assertEquals(2_490, rows.getLast().params());
    }

    @ParameterizedTest
    @CsvSource({
        "vgg11,     '64x112x112, 128x56x56, 256x28x28, 512x14x14, 512x7x7, 25088'",
        "nin,       '96x54x54, 96x26x26, 256x26x26, 256x12x12, 384x12x12, 384x5x5, 10x5x5, 10x1x1'",
        "googlenet, '64x24x24, 192x12x12, 480x6x6, 832x3x3, 1024'",
        "densenet,  '192x24x24, 96x12x12, 224x12x12, 112x6x6, 240x6x6, 120x3x3, 248x3x3'",
    })
    void shapesOfTheOutermostLayersIncludeInOrder(String name, String shapes) {
        List<String> actual = new ArrayList<>(summary(Zoo.book(name, "book")).rows().stream()
                .filter(r -> r.depth() == 1).map(r -> text(r.output())).toList());
        for (String shape : shapes.split(", ")) {
            int at = actual.indexOf(shape);
            assertTrue(at >= 0, shape + " does not come next in " + actual);
            actual = actual.subList(at + 1, actual.size());
        }
    }

    @Test
    void batchNormLeNetsShapesAndParameters() {
        Network net = Zoo.book("lenet-bn", "book");
        var rows = summary(net).rows();
        List<String> shapes = rows.stream().filter(r -> List.of("Conv2d", "AvgPool2d", "Flatten", "Linear")
                .contains(r.type())).map(r -> text(r.output())).toList();
        assertEquals(List.of("6x24x24", "6x12x12", "16x8x8", "16x4x4", "256", "120", "84", "10"), shapes);
        assertEquals(List.of(156L, 2_416L, 30_840L, 10_164L, 850L), counts(net, "Conv2d", "Linear"));
        assertEquals(452, counts(net, "BatchNorm1d", "BatchNorm2d").stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void residualAndDenseBlocksAlone() {
        assertEquals(Shape.of(4, 3, 6, 6), new Residual(3, false, 1).check(Shape.of(4, 3, 6, 6)));
        assertEquals(Shape.of(4, 6, 3, 3), new Residual(6, true, 2).check(Shape.of(4, 3, 6, 6)));
        var wrong = assertThrows(ShapeException.class, () -> new Residual(6, false, 2).check(Shape.of(4, 3, 6, 6)));
        assertTrue(wrong.getMessage().contains("use1x1"), wrong.getMessage());
        var dense = Summary.of(new DenseBlock(2, 10), Shape.of(4, 3, 8, 8), "");
        assertEquals(Shape.of(4, 23, 8, 8), dense.rows().getFirst().output());
        assertEquals(1_492, dense.totalParams());
        var transition = Summary.of(DenseNet.transition(10), Shape.of(4, 23, 8, 8), "");
        assertEquals(Shape.of(4, 10, 4, 4), transition.rows().getFirst().output());
        assertEquals(286, transition.totalParams());
    }

    @Test
    void anyChannelsSizeAndClasses() {
        for (String name : Zoo.names("torchvision")) {
            Network net = Zoo.create(Map.of("net", name, "edition", "torchvision", "inputChannels", 1, "inputSize", 96,
                    "classes", 7));
            assertEquals(Shape.of(2, 7), net.model().check(net.inputShape(2)), name);
        }
    }

    @Test
    void anUnknownNetworkIsNamedWithWhereItIs() {
        var nowhere = assertThrows(SextantException.class, () -> Zoo.torchvision("resnet19"));
        assertTrue(nowhere.getMessage().contains("resnet50"), nowhere.getMessage());
        var elsewhere = assertThrows(SextantException.class, () -> Zoo.book("resnet50", "book"));
        assertTrue(elsewhere.getMessage().contains("[torchvision]"), elsewhere.getMessage());
        var small = assertThrows(SextantException.class, () -> Zoo.create(Map.of("net", "alexnet", "edition",
                "torchvision", "inputSize", 62)));
        assertTrue(small.getMessage().contains("63×63"), small.getMessage());
    }

    /// The smallest images really pass, and one pixel less really does not.
    @Test
    void theSmallestSideIsTheSmallest() {
        for (String name : Zoo.names("torchvision")) {
            int side = dev.sextant.zoo.torchvision.Torchvision.smallestSide(name);
            Layer model = Zoo.torchvision(name).model();
            assertEquals(Shape.of(2, 1000), model.check(Shape.of(2, 3, side, side)), name);
            if (side > 1) {
                assertThrows(ShapeException.class,
                        () -> Zoo.torchvision(name).model().check(Shape.of(2, 3, side - 1, side - 1)), name);
            }
        }
    }

    private static Summary summary(Network net) {
        return Summary.of(net.model(), net.inputShape(1), net.name());
    }

    private static List<Long> counts(Network net, String... types) {
        return summary(net).rows().stream().filter(r -> List.of(types).contains(r.type())).map(Summary.Row::params)
                .toList();
    }

    private static Map<String, Long> params(Network net) {
        Map<String, Long> all = new LinkedHashMap<>();
        summary(net).rows().forEach(r -> all.put(r.path(), r.params()));
        return all;
    }

    private static List<Shape> outputs(Network net) {
        return summary(net).rows().stream().map(Summary.Row::output).toList();
    }

    /// `6x24x24` for `[1, 6, 24, 24]`.
    private static String text(Shape s) {
        return String.join("x", Arrays.stream(s.dims()).skip(1).mapToObj(Integer::toString).toList());
    }
}
