package dev.sextant.cli;

import dev.sextant.autograd.Var;
import dev.sextant.cli.chart.ConfusionPicture;
import dev.sextant.cli.train.Examples;
import dev.sextant.cli.train.TrainedRun;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.io.AtomicFile;
import dev.sextant.nn.metrics.ConfusionMatrix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sextant eval RUN`: a trained run's model on the whole test set, class by class.
@Command(name = "eval", mixinStandardHelpOptions = true, sortOptions = false, description = {
    "Tests a run's model: loss, accuracy, precision and recall of every class,",
    "and the confusion matrix as a picture, confusion.svg in the run folder."
})
final class EvalCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RUN", description = "The run folder.")
    private Path folder;

    @Option(names = "--data", paramLabel = "DIR", description = "Test on other data than the run's own: a folder, or 'synthetic'.")
    private String data;

    private final Console console;

    EvalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        TrainedRun run = TrainedRun.load(folder);
        var matrix = new ConfusionMatrix(run.classNames().size());
        var s = run.settings();
        double loss = 0;
        try (var examples = Examples.of(s.forSitting(s.threads(), s.epochs(), data == null ? s.data() : data),
                run.device(), console.err()::println)) {
            if (examples.network().classes() != run.classNames().size()) {
                throw new SextantException("%s tells %d classes apart, but the data have %d", folder,
                        run.classNames().size(), examples.network().classes());
            }
            for (var batches = examples.test().epoch(0, 0); batches.hasNext();) {
                try (var _ = Scope.open("evaluation")) {
                    Batch batch = batches.next();
                    NDArray scores = run.model().predict(batch.images());
                    matrix.add(scores, batch.labels());
                    loss += examples.task().loss(Var.of(scores), batch.labels()).item() * batch.size();
                }
            }
        }
        console.out().print(matrix.report(run.classNames()));
        console.out().println(String.format(Locale.ROOT, "loss %.3f over %d images", loss / matrix.total(),
                matrix.total()));
        Path picture = folder.resolve("confusion.svg");
        try {
            AtomicFile.write(picture, ConfusionPicture.svg(s.net() + ", seed " + s.seed() + ": " + matrix.total()
                    + " test images", matrix, run.classNames()));
        } catch (IOException e) {
            throw new SextantException(e, "cannot write %s: %s", picture, e);
        }
        console.err().println("confusion matrix: " + picture);
        return ExitCode.OK;
    }
}
