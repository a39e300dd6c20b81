package dev.sextant.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.Summary;
import dev.sextant.nn.TorchSummary;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Summaries against the numbers printed in course notes and by torchsummary, and receptive fields derived by hand.
class SummaryTest {

    /// Blocks of the networks on images of one: parameters, and the four sizes in MB.
    @ParameterizedTest
    @CsvSource({
        "googlenet, 0, 1,   96,      3200, 0.04,  2.53,  0.01,  2.58",
        "googlenet, 1, 64,  24,    114944, 0.14,  2.46,  0.44,  3.04",
        "googlenet, 2, 192, 12,    552432, 0.11,  2.54,  2.11,  4.75",
        "googlenet, 3, 480,  6,   2809168, 0.07,  2.56, 10.72, 13.34",
        "googlenet, 4, 832,  3,   2487536, 0.03,  0.41,  9.49,  9.93",
        "resnet18,  0, 1,   224,     3328, 0.19, 19.91,  0.01, 20.11",
        "resnet18,  1, 64,  56,    148224, 0.77, 15.31,  0.57, 16.64",
        "resnet18,  2, 64,  56,    525952, 0.77,  8.42,  2.01, 11.19",
        "resnet18,  3, 128, 28,   2100480, 0.38,  4.21,  8.01, 12.61",
        "resnet18,  4, 256, 14,   8395264, 0.19,  2.11, 32.03, 34.32",
        "densenet,  0, 1,   96,      3328, 0.04,  3.66,  0.01,  3.70",
    })
    void torchsummaryOfABlock(String net, int block, int channels, int size, long params, String input, String pass,
            String weights, String total) {
        var layer = ((Sequential) Zoo.book(net, "book").model()).get(block);
        var t = TorchSummary.of(Summary.of(layer, Shape.of(channels, size, size), 1), -1);
        assertEquals(params, t.params());
        assertEquals(input, mb(t.inputMb()));
        assertEquals(pass, mb(t.passMb()));
        assertEquals(weights, mb(t.paramsMb()));
        assertEquals(total, mb(t.totalMb()));
    }

    @Test
    void torchsummaryOfResNetsTail() {
        var net = (Sequential) Zoo.book("resnet18", "book").model();
        var t = TorchSummary.of(Summary.of(dev.sextant.nn.Layers.sequence(net.get(5), net.get(6), net.get(7)),
                Shape.of(512, 7, 7), 1), -1);
        assertEquals("5130 0.10 0.01 0.02 0.12", t.params() + " " + mb(t.inputMb()) + " " + mb(t.passMb()) + " "
                + mb(t.paramsMb()) + " " + mb(t.totalMb()));
    }

    @ParameterizedTest
    @CsvSource({
        "alexnet,     224, 21, 188.81",
        "vgg11,       224, 29, 616.92",
        "vgg11-small, 224, 29, 196.06",
        "nin,         224, 30,  31.99",
        "googlenet,    96, 85,  33.34",
        "resnet18,    224, 50,  92.80",
        "resnet18,     96, 50,  51.86",
        "densenet,     96, 73,  17.22",
    })
    void torchsummaryOfWholeNetworks(String net, int size, int rows, String total) {
        var t = TorchSummary.of(Summary.of(Zoo.book(net, "book").model(), Shape.of(1, size, size), 1), -1);
        assertEquals(rows, t.rows().size());
        assertEquals(total, mb(t.totalMb()));
    }

    private static String mb(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    /// The table of the first block of GoogLeNet, column for column.
    @Test
    void torchsummaryText() {
        var block = ((Sequential) Zoo.book("googlenet", "book").model()).get(0);
        assertEquals("""
                ----------------------------------------------------------------
                        Layer (type)               Output Shape         Param #
                ================================================================
                            Conv2d-1           [-1, 64, 48, 48]           3,200
                              ReLU-2           [-1, 64, 48, 48]               0
                         MaxPool2d-3           [-1, 64, 24, 24]               0
                ================================================================
                Total params: 3,200
                Trainable params: 3,200
                Non-trainable params: 0
                ----------------------------------------------------------------
                Input size (MB): 0.04
                Forward/backward pass size (MB): 2.53
                Params size (MB): 0.01
                Estimated Total Size (MB): 2.58
                ----------------------------------------------------------------
                """, Summary.of(block, Shape.of(1, 96, 96), 1).torchsummary(-1));
    }

    @Test
    void torchsummaryCountsAComposite() {
        var t = TorchSummary.of(Summary.of(new Residual(64, false, 1), Shape.of(64, 8, 8), 1), -1);
        assertEquals(4, t.rows().size());
        var inside = TorchSummary.of(Summary.of(dev.sextant.nn.Layers.sequence(new Residual(64, false, 1)),
                Shape.of(64, 8, 8), 1), -1);
        assertEquals("Residual", inside.rows().getLast().type());
        assertEquals(0, inside.rows().getLast().ownParams());
    }

    /// What the last layer before the head sees.
    @ParameterizedTest
    @CsvSource({
        "lenet,    5, 16, 4",
        "alexnet, 12, 195, 32",
        "vgg11,    4, 150, 32",
        "resnet18, 4, 435, 32",
    })
    void receptiveFields(String net, String layer, int field, int stride) {
        Network n = Zoo.book(net, "book");
        var row = Summary.of(n.model(), n.inputShape(1), net).rows().stream().filter(r -> r.path().equals(layer))
                .findFirst().orElseThrow();
        assertEquals(field + "×" + field + "/" + stride, row.field().toString());
    }

    /// The last Inception block joins branches: 5×5 at the coarsest stride sees most.
    @Test
    void receptiveFieldOfJoins() {
        Network n = Zoo.torchvision("resnet50");
        Map<String, String> fields = new java.util.HashMap<>();
        Summary.of(n.model(), n.inputShape(1), "").rows().forEach(r -> fields.put(r.path(), r.field().toString()));
        assertEquals("7×7/2", fields.get("conv1"));
        assertEquals("11×11/4", fields.get("maxpool"));
        assertEquals("19×19/4", fields.get("layer1.0"));
        assertEquals("11×11/4", fields.get("layer1.0.downsample"));
        assertEquals("35×35/4", fields.get("layer1"));
        assertEquals("all", fields.get("fc"));
    }

    @Test
    void memoryFlopsDepthAndBlocks() {
        Network n = Zoo.book("lenet", "book");
        var s = Summary.of(n.model(), n.inputShape(2), "lenet");
        var conv = s.rows().get(1);
        assertEquals(2 * conv.macs(), conv.flops());
        assertEquals(4 * 2 * 6 * 28 * 28, conv.trainingBytes());
        assertEquals(4 * 2 * (28 * 28 + 6 * 28 * 28), conv.inferenceBytes());
        // The first sigmoid has the largest input and output together.
        assertEquals(4 * 2 * 2 * 6 * 28 * 28, s.rows().getFirst().inferenceBytes());
        assertEquals(s.rows().stream().filter(Summary.Row::leaf).mapToLong(r -> 4 * r.output().size()).sum(),
                s.rows().getFirst().trainingBytes());
        var resNet = Zoo.torchvision("resnet18");
        var whole = Summary.of(resNet.model(), resNet.inputShape(1), "resnet18");
        assertTrue(whole.toDepth(1).rows().stream().noneMatch(r -> r.depth() > 1));
        assertEquals(whole.totalParams(), whole.toDepth(1).totalParams());
        var block = whole.block("layer2.0");
        assertEquals("resnet18.layer2.0", block.title());
        assertEquals(230_144, block.totalParams());
        assertFalse(block.text().isEmpty());
        var e = assertThrows(SextantException.class, () -> whole.block("layer9"));
        assertTrue(e.getMessage().contains("layer1"), e.getMessage());
    }
}
