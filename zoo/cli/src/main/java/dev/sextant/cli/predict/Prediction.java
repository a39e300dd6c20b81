package dev.sextant.cli.predict;

import dev.sextant.cli.train.TrainedRun;
import dev.sextant.nn.data.ImageFile;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A model's answer to one image file.
///
/// @param file          the image
/// @param seen          what the network saw of it
/// @param probabilities one per class, softmax of the scores
public record Prediction(Path file, ImageFile seen, double[] probabilities) {

    /// Asks the model of a run.
    ///
    /// @param invert whether to turn light into dark first
    /// @throws dev.sextant.engine.error.DataException if the file is no image that can be read
    public static Prediction of(TrainedRun run, Path file, boolean invert) {
        var input = run.model().input();
        ImageFile seen = ImageFile.read(file, input.dim(0)).square(input.dim(1));
        byte[] pixels = seen.pixels();
        float[] x = new float[pixels.length];
        for (int i = 0; i < x.length; i++) {
            pixels[i] = (byte) (invert ? ~pixels[i] : pixels[i]);
            x[i] = (pixels[i] & 0xFF) / 255f;
        }
        return new Prediction(file, seen, softmax(run.model().predict(x)));
    }

    private static double[] softmax(float[] scores) {
        double max = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).max().orElse(0);
        double[] e = IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i] - max)).toArray();
        double sum = IntStream.range(0, e.length).mapToDouble(i -> e[i]).sum();
        return IntStream.range(0, e.length).mapToDouble(i -> e[i] / sum).toArray();
    }

    /// The likeliest classes, best first.
    public List<Integer> best(int count) {
        return IntStream.range(0, probabilities.length).boxed()
                .sorted(Comparator.comparingDouble(c -> -probabilities[c])).limit(count).toList();
    }
}
