package dev.sextant.cli.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.zoo.NetSettings;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is planned from shapes is what training takes.
class MemoryPlanTest {

    private static Network network(String edition, String net, String variant, int size) {
        return Zoo.create(NetSettings.parse(Map.of("edition", edition, "net", net, "variant", variant, "inputSize",
                Integer.toString(size))));
    }

    @ParameterizedTest
    @CsvSource({
        "book, linear, book, 1, 10", "book, mlp-dropout, book, 28, 64", "book, lenet, book, 28, 256",
        "book, lenet, maxpool, 28, 100", "book, lenet-bn, book, 28, 32", "book, lenet5, book, 32, 32",
        "book, alexnet, book, 95, 4", "book, vgg11-small, book, 64, 8", "book, nin, book, 95, 5",
        "book, googlenet, book, 96, 8", "book, resnet18, book, 96, 8", "book, densenet, book, 96, 8",
        "torchvision, googlenet, aux-heads, 128, 2", "torchvision, resnet50, torchvision, 64, 4",
        "torchvision, densenet121, torchvision, 64, 4", "torchvision, mobilenet-v2, torchvision, 96, 4",
        "torchvision, squeezenet1-1, torchvision, 96, 4", "paper, alexnet, paper, 99, 4",
        "paper, preact-resnet18, paper, 64, 4"
    })
    void memoryIsAsPlanned(String edition, String net, String variant, int size, int batch) {
        Device device = Device.standard();
        var planned = MemoryPlan.of(network(edition, net, variant, size), batch, device, null);
        Network real = network(edition, net, variant, size);
        real.initialize(device, 1);
        var measured = MemoryPlan.measure(real, batch, device, 3);
        assertEquals(measured.parameters(), planned.parameters());
        assertEquals(measured.gradients(), planned.gradients());
        assertEquals(measured.others(), planned.others());
        assertEquals(1, (double) planned.temporary() / measured.temporary(), 0.05,
                "planned " + planned + ", measured " + measured);
        assertEquals(1, (double) planned.total() / measured.total(), 0.05);
    }

    /// A plan for a batch that does not fit into memory takes none.
    @Test
    void nothingIsAllocated() {
        var planned = MemoryPlan.of(Zoo.book("vgg11", "book"), 500, Device.standard(), null);
        assertTrue(planned.total() > 3 * Runtime.getRuntime().maxMemory(), planned.toString());
        assertTrue(Double.isNaN(planned.stepSeconds()));
    }

    @Test
    void whatNoArrayHoldsIsSaid() {
        var e = assertThrows(SextantException.class,
                () -> MemoryPlan.of(Zoo.book("vgg11", "book"), 5000, Device.standard(), null));
        assertTrue(e.getMessage().contains("--batch"), e.getMessage());
    }

    @Test
    void theTimeGrowsWithTheBatch() {
        Device device = Device.standard();
        Rates rates = Rates.of(device);
        assertFalse(rates.perSecond().values().stream().anyMatch(r -> !(r > 1e6)), rates.toString());
        double small = MemoryPlan.of(Zoo.book("lenet", "book"), 64, device, rates).stepSeconds();
        double large = MemoryPlan.of(Zoo.book("lenet", "book"), 256, device, rates).stepSeconds();
        assertTrue(large > 2.5 * small && large < 4.1 * small, small + " " + large);
    }
}
