package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands that look at networks: `summary`, `compare`, `plan`.
class SeeingCommandsTest {

    private static CommandLine ok(String line) {
        CommandLine c = CommandLine.run(line.split(" "));
        assertEquals(ExitCode.OK, c.code(), c.err());
        return c;
    }

    private static void wrong(String line, String message) {
        CommandLine c = CommandLine.run(line.split(" "));
        assertEquals(ExitCode.USAGE, c.code(), c.out());
        assertEquals(1, c.errLines().size(), c.err());
        assertTrue(c.err().contains(message), c.err());
    }

    /// Counts of FACTS and of the networks' papers, in every edition and with settings.
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "vgg16 --edition torchvision; 138357544", "googlenet --edition torchvision; 6624904",
        "googlenet --edition torchvision --variant aux-heads; 13004888",
        "googlenet --edition torchvision --set auxHeads=true; 13004888",
        "alexnet --edition paper; 60965224", "preact-resnet18; 11687720", "densenet121; 7978856",
        "densenet; 758226", "densenet --set growthRate=12 --set blocks=2; 19818",
        "vgg11 --set arch=1x64,1x128,2x256,2x512,2x512; 128806154",
        "vgg11 --set arch=1x16,1x32,2x64,2x128,2x128; 43093322",
        "lenet --set classes=100 --set inputSize=32 --set inputChannels=3; 90776",
        "resnet18 --edition torchvision --set classes=10; 11181642"
    })
    void editionsAndSettings(String net, long parameters) {
        JsonObject json = JsonParser.parseString(ok("summary " + net + " --format json").out()).getAsJsonObject();
        assertEquals(parameters, json.get("totalParams").getAsLong());
    }

    @Test
    void settingsAreChecked() {
        wrong("summary resnet18 --set growthRate=3", "unknown setting of resnet18 'growthRate'");
        wrong("summary densenet --set blocks=4,0", "blocks = \"4,0\" cannot be read");
        wrong("summary densenet --set blocks=4,9999", "at most 256");
        wrong("summary vgg11 --set arch=1,2", "pairs of convolutions and channels");
        wrong("summary lenet-bn --set pool=min", "must be avg or max");
        wrong("summary alexnet --edition torchvision --set inputSize=20", "63×63");
    }

    @Test
    void measuredSummary() {
        JsonObject json = JsonParser.parseString(ok("summary lenet --measure --batch 16 --format json").out())
                .getAsJsonObject();
        double sum = 0;
        for (var layer : json.getAsJsonArray("layers")) {
            JsonObject o = layer.getAsJsonObject();
            double millis = o.get("millis").getAsDouble();
            assertTrue(millis >= 0 && millis < 1e3, o.toString());
            assertEquals(o.get("macs").getAsLong() > 0, o.has("gflops"), o.toString());
            if (o.has("gflops")) {
                assertEquals(o.get("flops").getAsDouble() / millis / 1e6, o.get("gflops").getAsDouble(),
                        0.02 * o.get("gflops").getAsDouble() + 0.01);
            }
            sum += millis;
        }
        assertTrue(sum > 0 && sum <= json.get("millis").getAsDouble() * 1.001, json.toString());
        for (String format : List.of("text", "md", "csv", "html")) {
            String out = ok("summary resnet18.1 --set inputSize=32 --measure --format " + format).out();
            assertTrue(out.contains("GFLOP/s") || out.contains("gflops"), out);
        }
    }

    @Test
    void compareSideBySide() {
        CommandLine c = ok("compare resnet18 resnet18@torchvision mobilenet-v2 --set inputSize=64 --format md "
                + "--no-measure");
        assertTrue(
                c.out().contains("| batch 1 | resnet18 (book) | resnet18 (torchvision) | mobilenet-v2 (torchvision) |"),
                c.out());
        assertTrue(c.out().contains("| parameters | 11178378 | 11689512 | 3504872 |"), c.out());
        assertTrue(c.out().contains("| receptive field | 435×435/32 | 435×435/32 | "), c.out());
        assertTrue(c.outLines().stream().noneMatch(l -> l.contains("ms")), c.out());
        CommandLine measured = ok("compare lenet mlp --batch 8");
        for (String row : List.of("parameters", "multiply-adds", "training in all, MiB", "forward, ms", "images/s")) {
            assertTrue(measured.outLines().stream().anyMatch(l -> l.startsWith(row)), row);
        }
        wrong("compare lenet", "requires at least 2 values");
        wrong("compare lenet lenett", "did you mean 'lenet'?");
        wrong("compare lenet resnet50@book", "resnet50");
    }

    @Test
    void planPrintsMemoryAndTime() {
        CommandLine c = ok("plan lenet --batch 64 --images 6400 --check");
        List<String> starts = List.of("lenet (book), batch 64, on cpu (simd", "  ", "parameters", "gradients",
                "buffers", "temporary, at most", "in all", "resident memory", "a step", "an epoch");
        assertEquals(starts.size(), c.outLines().size(), c.out());
        for (int i = 0; i < starts.size(); i++) {
            assertTrue(c.outLines().get(i).startsWith(starts.get(i)), c.out());
        }
        assertTrue(c.outLines().get(2).matches("parameters +0\\.2 MiB +0\\.2 MiB"), c.out());
        assertTrue(ok("plan alexnet --batch 128").out().contains("in all"));
        wrong("plan lenet --batch 0", "--batch must be");
    }
}
