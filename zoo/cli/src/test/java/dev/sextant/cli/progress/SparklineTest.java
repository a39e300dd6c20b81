package dev.sextant.cli.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparklineTest {

    @Test
    void spansFromTheLowestToTheHighestBlock() {
        assertEquals("█▅▁", Sparkline.of(List.of(2.0, 1.1, 0.0), 40, StandardCharsets.UTF_8));
        assertEquals("#=_", Sparkline.of(List.of(2.0, 1.1, 0.0), 40, StandardCharsets.US_ASCII));
    }

    @Test
    void averagesWhatDoesNotFit() {
        var values = IntStream.range(0, 80).mapToObj(i -> (double) (i / 10)).toList();
        assertEquals("▁▂▃▄▅▆▇█", Sparkline.of(values, 8, StandardCharsets.UTF_8));
    }

    @Test
    void bearsNothingConstantAndNotANumber() {
        assertEquals("", Sparkline.of(List.of(), 40, StandardCharsets.UTF_8));
        assertEquals("▅▅", Sparkline.of(List.of(3.0, 3.0), 40, StandardCharsets.UTF_8));
        assertEquals("█?▁", Sparkline.of(List.of(2.0, Double.NaN, 1.0), 40, StandardCharsets.UTF_8));
    }

    @Test
    void clocksCountHours() {
        assertEquals("0:07", Display.clock(Duration.ofSeconds(7)));
        assertEquals("12:30", Display.clock(Duration.ofSeconds(750)));
        assertEquals("1:02:03", Display.clock(Duration.ofSeconds(3723)));
    }
}
