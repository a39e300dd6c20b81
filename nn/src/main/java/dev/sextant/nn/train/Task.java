package dev.sextant.nn.train;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.nn.metrics.Classification;
import java.util.List;

/// What a network is trained for: a loss, and a way to count right answers.
public interface Task {

    /// The mean loss of a batch.
    Var loss(Var output, NDArray target);

    /// The mean loss of a batch for a model with auxiliary heads (Szegedy et al., 2014, §5): the loss of the main
    /// output, `outputs[0]`, plus 0.3 times that of every other.
    default Var loss(List<Var> outputs, NDArray target) {
        Var total = loss(outputs.getFirst(), target);
        for (Var auxiliary : outputs.subList(1, outputs.size())) {
            total = Arithmetic.add(total, Arithmetic.mul(loss(auxiliary, target), 0.3));
        }
        return total;
    }

    /// How many outputs of a batch are right, or -1 where the question makes no sense.
    int correct(NDArray output, NDArray target);

    /// Softmax cross-entropy of logits `[N, classes]` against class indices int32 `[N]` or probabilities float32
    /// `[N, classes]`, of which the likeliest class counts as the right answer.
    Task CLASSIFICATION = new Task() {
        @Override
        public Var loss(Var output, NDArray target) {
            boolean probabilities = target.rank() == 2;
            var spec = probabilities ? new CrossEntropySpec(Reduction.MEAN, 0, -100, true) : CrossEntropySpec.MEAN;
            return Losses.crossEntropy(spec, output, target, null);
        }

        @Override
        public int correct(NDArray output, NDArray target) {
            int[] predicted = Classification.argmax(output);
            int[] labels = target.rank() == 2 ? Classification.argmax(target) : target.toInts();
            int right = 0;
            for (int n = 0; n < labels.length; n++) {
                right += predicted[n] == labels[n] ? 1 : 0;
            }
            return right;
        }
    };

    /// Mean squared error of outputs against targets of the same shape.
    Task REGRESSION = new Task() {
        @Override
        public Var loss(Var output, NDArray target) {
            return Losses.mse(Reduction.MEAN, output, Var.of(target));
        }

        @Override
        public int correct(NDArray output, NDArray target) {
            return -1;
        }
    };
}
