package embedder;

import dev.sextant.engine.Device;
import dev.sextant.nn.Model;
import dev.sextant.zoo.Zoo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// The ten-line program of somebody who embeds Sextant.
public final class Embedder {
    private Embedder() {
    }

    public static void main(String[] args) {
        Path file = Path.of(args[0]);
        var network = Zoo.book("lenet", "book");
        Model made = Model.of(network.initialize(Device.standard(), 1), network.input());
        made.save(file, Map.of("net", "lenet"));
        Model model = Model.load(file);
        float[] pixels = new float[28 * 28];
        Arrays.fill(pixels, 0.5f);
        float[] scores = model.predict(pixels);
        System.out.println(scores.length + " scores, same bits: " + Arrays.equals(scores, made.predict(pixels)));
        System.out.println(Arrays.toString(scores));
    }
}
