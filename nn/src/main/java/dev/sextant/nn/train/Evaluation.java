package dev.sextant.nn.train;

import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Scope;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.BatchSource;

/// A model's mean loss and accuracy over a whole data set, in evaluation mode.
public record Evaluation(double loss, double accuracy, long examples) {

    /// Runs the model over every batch; puts it back into the mode it was in.
    public static Evaluation of(Layer model, Task task, BatchSource batches) {
        boolean wasTraining = model.isTraining();
        model.eval();
        double lossSum = 0;
        long correct = 0;
        long examples = 0;
        try (var _ = GradMode.off()) {
            var epoch = batches.epoch(0, 0);
            while (epoch.hasNext()) {
                try (var _ = Scope.open("evaluation step")) {
                    var batch = epoch.next();
                    Var out = model.apply(Var.of(batch.images()));
                    lossSum += task.loss(out, batch.labels()).item() * batch.size();
                    int right = task.correct(out.value(), batch.labels());
                    correct = right < 0 ? -1 : correct + right;
                    examples += batch.size();
                }
            }
        } finally {
            if (wasTraining) {
                model.train();
            }
        }
        return new Evaluation(lossSum / examples, correct < 0 ? Double.NaN : (double) correct / examples, examples);
    }
}
