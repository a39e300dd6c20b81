package dev.sextant.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Summary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The book's networks with other settings than the book's, against counts worked out by hand.
class BookSettingsTest {

    private static long parameters(Map<String, ?> builder) {
        Network network = Zoo.create(builder);
        return Summary.of(network.model(), network.inputShape(1), "").totalParams();
    }

    private static long conv(long in, long out, long kernel) {
        return out * (in * kernel * kernel + 1);
    }

    private static long linear(long in, long out) {
        return out * (in + 1);
    }

    /// Every network of the book takes any channels, classes and (large enough) size.
    @Test
    void channelsClassesAndSize() {
        for (String name : Zoo.names()) {
            if (name.equals("linear")) {
                continue;
            }
            int usual = Zoo.book(name, "book").input().dim(1);
            for (int size : new int[] {usual, usual + 8, usual + 33}) {
                Network network = Zoo.create(Map.of("net", name, "inputChannels", 3, "classes", 7, "inputSize", size));
                assertEquals(Shape.of(3, size, size), network.input(), name);
                assertEquals(Shape.of(2, 7), network.model().check(network.inputShape(2)), name);
            }
        }
        assertEquals(linear(3 * 32 * 32, 7),
                parameters(Map.of("net", "softmax", "inputChannels", 3, "classes", 7, "inputSize", 32)));
    }

    @Test
    void vggIsItsListOfBlocks() {
        // Two blocks on 2×16×16: the second ends at 8×4×4.
        long expected = conv(2, 4, 3) + conv(4, 8, 3) + conv(8, 8, 3) + linear(8 * 4 * 4, 4096) + linear(4096, 4096)
                + linear(4096, 5);
        assertEquals(expected, parameters(Map.of("net", "vgg", "arch", List.of(List.of(1, 4), List.of(2, 8)),
                "inputChannels", 2, "inputSize", 16, "classes", 5)));
        assertEquals(expected, Summary.of(Vgg.book(List.of(new Vgg.Block(1, 4), new Vgg.Block(2, 8)), 5),
                Shape.of(1, 2, 16, 16), "").totalParams());
    }

    @Test
    void residualBlocks() {
        assertEquals(Shape.of(4, 3, 6, 6), new Residual(3, false, 1).check(Shape.of(4, 3, 6, 6)));
        assertEquals(Shape.of(4, 6, 3, 3), new Residual(6, true, 2).check(Shape.of(4, 3, 6, 6)));
        Layer projected = new Residual(6, true, 2);
        assertEquals(conv(3, 6, 3) + conv(6, 6, 3) + conv(3, 6, 1) + 4 * 6,
                Summary.of(projected, Shape.of(1, 3, 6, 6), "").totalParams());
        var e = assertThrows(ShapeException.class, () -> new Residual(6, false, 2).check(Shape.of(4, 3, 6, 6)));
        assertTrue(e.getMessage().contains("[4, 6, 3, 3]") && e.getMessage().contains("[4, 3, 6, 6]")
                && e.getMessage().contains("use1x1"), e.getMessage());
    }

    @Test
    void denseNetGrowsByItsRateInItsBlocks() {
        assertEquals(Shape.of(4, 23, 8, 8), new DenseBlock(2, 10).check(Shape.of(4, 3, 8, 8)));
        assertEquals(1_492, Summary.of(new DenseBlock(2, 10), Shape.of(1, 3, 8, 8), "").totalParams());
        // Stem 64; block of 2 with growth 6: 76; halved to 38; block of 1: 44.
        long stem = conv(1, 64, 7) + 128;
        long first = 2 * 64 + conv(64, 6, 3) + 2 * 70 + conv(70, 6, 3);
        long transition = 2 * 76 + conv(76, 38, 1);
        long second = 2 * 38 + conv(38, 6, 3);
        assertEquals(stem + first + transition + second + 2 * 44 + linear(44, 10),
                parameters(Map.of("net", "densenet", "growthRate", 6, "blocks", List.of(2, 1))));
    }

    @Test
    void alexNetWithAndWithoutPaddingOfItsFirstConvolution() {
        for (int padding : new int[] {0, 1}) {
            Network network = Zoo.create(Map.of("net", "alexnet", "conv1Padding", padding));
            assertEquals(46_764_746, Summary.of(network.model(), network.inputShape(1), "").totalParams());
            assertEquals(Shape.of(1, 10), network.model().check(network.inputShape(1)));
        }
        // On 225 pixels the padding shows: 55 windows with it, 54 without.
        for (int padding : new int[] {0, 1}) {
            var first = AlexNet.book(10, padding).get(0);
            assertEquals(Shape.of(1, 96, 54 + padding, 54 + padding), first.check(Shape.of(1, 1, 225, 225)));
        }
    }

    @Test
    void poolingOfTheLeNets() {
        for (String net : List.of("lenet-bn")) {
            for (String pool : List.of("avg", "max")) {
                Network network = Zoo.create(Map.of("net", net, "pool", pool));
                String kinds = Summary.of(network.model(), network.inputShape(1), "").text();
                assertEquals(pool.equals("max"), kinds.contains("MaxPool2d"), kinds);
                assertEquals(pool.equals("avg"), kinds.contains("AvgPool2d"), kinds);
            }
        }
    }
}
