package dev.sextant.zoo.chapters;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.Var;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Summary;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import dev.sextant.zoo.data.SyntheticShapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The chapters are as short as the Python, are the zoo's networks, and train.
class ChaptersTest {
    /// How much longer than the Python a chapter may be.
    private static final double LONGER = 1.3;

    /// A chapter.
    enum Chapter {
        LENET("LeNet", 74, "lenet", LeNetChapter::net),
        ALEXNET("AlexNet", 26, "alexnet", AlexNetChapter::net),
        VGG("Vgg", 35, "vgg11-small", VggChapter::net),
        NIN("Nin", 27, "nin", NinChapter::net),
        GOOGLENET("GoogLeNet", 49, "googlenet", GoogLeNetChapter::net),
        BATCH_NORM("BatchNorm", 59, "lenet-bn", BatchNormChapter::net),
        RESNET("ResNet", 59, "resnet18", ResNetChapter::net),
        DENSENET("DenseNet", 53, "densenet", DenseNetChapter::net);

        private final String name;
        private final int pythonLines;
        private final Supplier<Layer> net;
        private final Network zoo;

        /// @param pythonLines of the chapter's network and training in PyTorch, imports included
        /// @param zoo         the zoo's name of the same network
        Chapter(String name, int pythonLines, String zoo, Supplier<Layer> net) {
            this.name = name;
            this.pythonLines = pythonLines;
            this.net = net;
            this.zoo = Zoo.book(zoo, "book");
        }
    }

    /// Lines that are neither blank nor comment.
    private static long lines(Chapter chapter) throws IOException {
        Path file = Path.of(System.getProperty("repository.root", "../.."),
                "zoo/models/src/test/java/dev/sextant/zoo/chapters", chapter.name + "Chapter.java");
        return Files.readAllLines(file).stream().map(String::strip)
                .filter(l -> !l.isEmpty() && !l.startsWith("//")).count();
    }

    @ParameterizedTest
    @EnumSource
    void isAsShortAsThePython(Chapter chapter) throws IOException {
        long lines = lines(chapter);
        assertTrue(lines > 15, "the file was found");
        assertTrue(lines <= LONGER * chapter.pythonLines, lines + " lines, but " + chapter.pythonLines + " in Python");
    }

    private static List<String> shapes(Layer net, Shape input) {
        net.declare(input);
        // A scale per channel is [C] in the library and [1, C, 1, 1] in the chapter on batch norm.
        return net.parameters().values().stream()
                .map(p -> p.shape().toString().replaceAll("\\[1, (\\d+)(, 1, 1)?\\]", "[$1]")).sorted().toList();
    }

    @ParameterizedTest
    @EnumSource
    void isTheZoosNetwork(Chapter chapter) {
        Shape input = chapter.zoo.inputShape(2);
        Layer net = chapter.net.get();
        assertEquals(shapes(chapter.zoo.model(), input), shapes(net, input));
        assertEquals(Summary.of(chapter.zoo.model(), input, "").totalMacs(),
                Summary.of(net, input, "").totalMacs());
        assertEquals(chapter.zoo.model().check(input), net.check(input));
    }

    /// One epoch of a few images: the whole path runs, and the parameters move. (That networks learn is tested with
    /// more images elsewhere.)
    @ParameterizedTest
    @EnumSource
    void trains(Chapter chapter) {
        var data = SyntheticShapes.generate(8, 4, 28, 1);
        int size = chapter.zoo.input().dim(1);
        Layer net = chapter.net.get();
        net.initialize(Shape.of(1, 1, size, size), Device.standard(), 0);
        String first = net.parameters().keySet().iterator().next();
        float[] before = net.parameters().get(first).value().toFloats();
        var result = LeNetChapter.train(net, data, size, 4, chapter.zoo.hyper().lr(), 1);
        assertTrue(Double.isFinite(result.trainLoss()) && result.trainLoss() > 0, result.toString());
        assertTrue(result.testAccuracy() >= 0 && result.testAccuracy() <= 1, result.toString());
        float[] after = net.parameters().get(first).value().toFloats();
        double moved = 0;
        for (int i = 0; i < after.length; i++) {
            moved += Math.abs(after[i] - before[i]);
        }
        assertTrue(moved > 0 && Double.isFinite(moved), "moved by " + moved);
    }

    /// The loop of the chapter on LeNet, on enough images to leave the plateau.
    @Test
    void theTrainingLoopLearns() {
        var data = SyntheticShapes.generate(4000, 500, 28, 1);
        var result = LeNetChapter.train(BatchNormChapter.net(), data, 28, 100, 1.0, 2);
        assertTrue(result.trainLoss() < 1.2 && result.testAccuracy() > 0.4, result.toString());
    }

    @Test
    void batchNormFromScratchIsTheLibrarys() {
        Shape shape = Shape.of(4, 3, 5, 5);
        var mine = new BatchNormChapter.BatchNorm();
        var library = new dev.sextant.nn.BatchNorm();
        mine.initialize(shape, Device.standard(), 1);
        library.initialize(shape, Device.standard(), 1);
        var x = Var.of(NDArray.of(Philox.normal(1, 1, 300, 2, 3), shape, Device.standard()));
        assertArrayEquals(library.apply(x).value().toFloats(), mine.apply(x).value().toFloats(), 1e-4f);
        assertArrayEquals(library.buffer("running_mean").toFloats(), mine.buffer("moving_mean").toFloats(), 1e-5f);
        // The book keeps the biased variance, the library as PyTorch the unbiased one.
        float[] running = library.buffer("running_var").toFloats();
        float[] moving = mine.buffer("moving_var").toFloats();
        for (int c = 0; c < 3; c++) {
            assertEquals((running[c] - 0.9) * 99 / 100, moving[c] - 0.9, 1e-4);
        }
        mine.eval();
        assertEquals(shape, mine.apply(x).shape());
    }
}
