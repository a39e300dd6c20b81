package dev.sextant.zoo.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.nn.data.Dataset;
import dev.sextant.nn.data.PillowResize;
import dev.sextant.nn.io.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The real data set against the facts in `fashion_mnist.json`. Uses what lies on this machine (`$SEXTANT_DATA`, the
/// Debian package, the cache), never a network; without it the tests are skipped, except where `CI=true`.
class FashionMnistGoldenTest {
    private static final boolean REQUIRED = "true".equals(System.getenv("CI"));

    private static TrainTest data;
    private static Map<?, ?> golden;

    @BeforeAll
    static void findData() throws IOException {
        Path file = Path.of(System.getProperty("golden.dir", "../../shared/golden"), "fashion_mnist.json");
        assumeTrue(REQUIRED || Files.exists(file), "golden/fashion_mnist.json is not here: " + file);
        golden = (Map<?, ?>) Json.parse(Files.readString(file), file.toString());
        var machine = DataEnvironment.system(line -> {
        });
        var offline = new DataEnvironment(machine.variables(), machine.packageFolder(), (folder, limit, command) -> {
            throw new IOException("tests do not run apt");
        }, URI.create("http://127.0.0.1:9/"), line -> {
        });
        try {
            data = FashionMnist.load(Optional.empty(), offline);
        } catch (DataException e) {
            assumeTrue(REQUIRED, "Fashion-MNIST is not on this machine");
            throw e;
        }
    }

    @Test
    void embeddedFingerprintsAreThoseOfTheFacts() {
        for (Object entry : (List<?>) golden.get("files")) {
            var facts = (Map<?, ?>) entry;
            MnistFile file = List.of(MnistFile.values()).stream().filter(f -> f.packedName().equals(facts.get("file")))
                    .findFirst().orElseThrow();
            assertEquals(new Fingerprint(integer(facts.get("uncompressedBytes")),
                    (String) facts.get("uncompressedSha256")), FashionMnist.CONTENT.get(file));
        }
        assertEquals(golden.get("classes"), FashionMnist.CLASSES);
    }

    @Test
    void trainImagesAreAsTheFactsSay() {
        check((Map<?, ?>) golden.get("train"), data.train());
    }

    @Test
    void testImagesAreAsTheFactsSay() {
        check((Map<?, ?>) golden.get("t10k"), data.test());
    }

    private static void check(Map<?, ?> facts, Dataset images) {
        assertEquals(integer(facts.get("count")), images.size());
        assertEquals(Shape.of(1, 28, 28), images.imageShape());
        long[] perClass = new long[10];
        long[] pixelsPerClass = new long[10];
        long sum = 0;
        byte[] image = new byte[784];
        for (int i = 0; i < images.size(); i++) {
            images.readImage(i, image, 0);
            long imageSum = 0;
            for (byte pixel : image) {
                imageSum += pixel & 0xFF;
            }
            sum += imageSum;
            perClass[images.label(i)]++;
            pixelsPerClass[images.label(i)] += imageSum;
            if (i < 10) {
                assertEquals(integer(((List<?>) facts.get("labels0to9")).get(i)), images.label(i), "label " + i);
                assertEquals(integer(((List<?>) facts.get("imageSums0to9")).get(i)), imageSum, "sum of image " + i);
            }
        }
        assertEquals(((BigDecimal) facts.get("pixelSum")).longValueExact(), sum);
        for (int c = 0; c < 10; c++) {
            assertEquals(integer(((List<?>) facts.get("perClass")).get(c)), perClass[c], "class " + c);
            double mean = pixelsPerClass[c] / 255.0 / 784 / perClass[c];
            assertEquals(((BigDecimal) ((List<?>) facts.get("perClassPixelMean")).get(c)).doubleValue(), mean, 1e-9);
        }
        images.readImage(0, image, 0);
        for (int x = 0; x < 28; x++) {
            assertEquals(integer(((List<?>) facts.get("image0Row14")).get(x)), image[14 * 28 + x] & 0xFF);
        }
    }

    @Test
    void resizedImagesHaveThePillowHashes() {
        int sizes = 0;
        for (var entry : ((Map<?, ?>) golden.get("resizeBilinear")).entrySet()) {
            if (!((String) entry.getKey()).matches("\\d+")) {
                continue;
            }
            sizes++;
            int size = Integer.parseInt((String) entry.getKey());
            var resize = new PillowResize(28, 28, size, size);
            var hash = FashionFiles.sha256();
            byte[] original = new byte[784];
            byte[] resized = new byte[size * size];
            for (int i = 0; i < 100; i++) {
                data.test().readImage(i, original, 0);
                resize.resize(original, 0, resized, 0);
                hash.update(resized);
            }
            assertEquals(entry.getValue(), HexFormat.of().formatHex(hash.digest()), "size " + size);
        }
        assertTrue(sizes >= 3, "only " + sizes + " sizes in the facts");
    }

    private static int integer(Object number) {
        return ((BigDecimal) number).intValueExact();
    }
}
