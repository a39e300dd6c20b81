package dev.sextant.cli;

import dev.sextant.cli.predict.Prediction;
import dev.sextant.cli.predict.PredictionPage;
import dev.sextant.cli.train.TrainedRun;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sextant predict RUN IMAGE...`: what a trained model takes images for.
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Says what a run's model takes images for, with the three likeliest classes of each,",
    "and shows each beside what the network sees of it, in predictions.html in the run folder."
})
final class PredictCommand implements Callable<Integer> {
    private static final int BEST = 3;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run folder.")
    private Path folder;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE", description = "PNG or JPEG files of any size; scaled by the shorter side and cut to the square in the middle.")
    private List<Path> images;

    @Option(names = "--invert", description = "Turn light into dark first: Fashion-MNIST shows light clothes on black, photographs often dark ones on white.")
    private boolean invert;

    private final Console console;

    PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainedRun run = TrainedRun.load(folder);
        List<Prediction> predictions = new ArrayList<>();
        for (Path image : images) {
            Prediction p = Prediction.of(run, image, invert);
            predictions.add(p);
            var line = new StringBuilder(image + ":");
            p.best(BEST).forEach(c -> line.append(String.format(Locale.ROOT, "  %s %.3f", run.classNames().get(c),
                    p.probabilities()[c])));
            console.out().println(line);
        }
        console.out().flush();
        Path page = folder.resolve("predictions.html");
        try {
            AtomicFile.write(page, PredictionPage.html(run, predictions));
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", page, e);
        }
        console.err().println("images beside what the network sees: " + page);
        return ExitCode.OK;
    }
}
