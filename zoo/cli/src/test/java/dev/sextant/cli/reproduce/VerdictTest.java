package dev.sextant.cli.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.cli.reproduce.Verdict.Outcome;
import dev.sextant.nn.train.EpochResult;
import dev.sextant.zoo.Zoo;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bands, on both sides of each of their ends.
class VerdictTest {

    /// Epochs that all came to the same.
    private static List<EpochResult> epochs(int count, double trainLoss, double trainAccuracy, double testAccuracy) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(e -> new EpochResult(e, trainLoss, trainAccuracy, 1, testAccuracy, 1, 1)).toList();
    }

    private static Verdict verdict(String net, String variant, List<EpochResult> epochs) {
        return Verdict.of(Published.of(net, variant), epochs, net, 3);
    }

    @ParameterizedTest
    @CsvSource({
        // net, variant, train loss, train acc, test acc, outcome
        "resnet18,   book,              0.0138, 0.99, 0.8631, WITHIN",
        "resnet18,   book,              0.0139, 0.99, 0.8631, OUTSIDE",
        "resnet18,   book,              0.0010, 0.99, 0.8631, WITHIN",
        "resnet18,   book,              0.0138, 0.99, 0.8629, OUTSIDE",
        "lenet,      no-second-sigmoid, 0.3990, 0.85, 0.8221, WITHIN",
        "lenet,      no-second-sigmoid, 0.3991, 0.85, 0.8221, OUTSIDE",
        "lenet,      book,              0.4650, 0.82, 0.8150, WITHIN",
        "lenet,      book,              0.4944, 0.82, 0.8150, WITHIN",
        "lenet,      book,              0.4946, 0.82, 0.8150, OUTSIDE",
        "lenet,      book,              0.4380, 0.82, 0.8150, OUTSIDE",
        "lenet,      book,              0.4650, 0.80, 0.8150, OUTSIDE",
        "lenet,      book,              0.4650, 0.82, 0.7520, OUTSIDE",
        "softmax,    book,              0.4900, 0.83, 0.8000, WITHIN",
        "softmax,    book,              0.5100, 0.83, 0.8000, OUTSIDE",
        "mlp,        book,              0.4000, 0.85, 0.6900, OUTSIDE",
        "densenet,   book,              NaN,    0.95, 0.8900, OUTSIDE",
        "vgg11,      book,              0.1000, 0.95, 0.9000, UNPUBLISHED"
    })
    void bands(String net, String variant, double trainLoss, double trainAccuracy, double testAccuracy,
            Outcome outcome) {
        assertEquals(outcome, verdict(net, variant, epochs(10, trainLoss, trainAccuracy, testAccuracy)).outcome());
    }

    @Test
    void fewerEpochsThanPublishedGiveNoVerdict() {
        Verdict early = verdict("resnet18", "book", epochs(9, 0.001, 0.999, 0.95));
        assertEquals(Outcome.TOO_EARLY, early.outcome());
        assertEquals(List.of("train loss                0.0010, published 0.012, band <= 0.0138",
                "test accuracy             0.950, published 0.893, band >= 0.863",
                "verdict: no verdict yet, the published run has 10 epochs"), early.lines());
    }

    @Test
    void lenetIsTestedByTheBestOfItsLastThreeEpochs() {
        var epochs = new java.util.ArrayList<>(epochs(9, 0.465, 0.825, 0.81));
        epochs.add(new EpochResult(10, 0.465, 0.825, 1, 0.70, 1, 1));
        assertEquals(Outcome.WITHIN, verdict("lenet", "book", epochs).outcome());
    }

    @Test
    void aPlateauIsNamed() {
        Verdict nin = verdict("nin", "book", epochs(10, 2.303, 0.1, 0.1));
        assertEquals(Outcome.OUTSIDE, nin.outcome());
        assertTrue(nin.remark().contains("known instability") && nin.remark().contains("d2l-en#1150")
                && nin.remark().contains("seed 3"), nin.remark());
        Verdict vgg = verdict("vgg11-small", "book", epochs(1, 2.303, 0.1, 0.1));
        assertTrue(vgg.remark().contains("plateau") && !vgg.remark().contains("instability"), vgg.remark());
        assertEquals("", verdict("nin", "book", epochs(10, 0.6, 0.78, 0.77)).remark());
    }

    @Test
    void everythingPublishedIsInTheZoo() {
        for (String net : Zoo.names()) {
            for (String variant : Zoo.variants(net)) {
                Published.of(net, variant).ifPresent(p -> assertEquals(net, Zoo.book(net, variant).name()));
            }
        }
        assertEquals(12, Zoo.names().stream().flatMap(n -> Zoo.variants(n).stream().map(v -> Published.of(n, v)))
                .filter(java.util.Optional::isPresent).count(), "a published network that the zoo lacks");
    }
}
