package dev.sextant.nn.train;

import dev.sextant.autograd.Losses;
import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.Reduction;

/// What a network is trained for: a loss, and a way to count right answers.
public interface Task {

    /// The mean loss of a batch.
    Var loss(Var output, NDArray target);

    /// How many outputs of a batch are right, or -1 where the question makes no sense.
    int correct(NDArray output, NDArray target);

    /// Softmax cross-entropy of logits `[N, classes]` against class indices `[N]`.
    Task CLASSIFICATION = new Task() {
        @Override
        public Var loss(Var output, NDArray target) {
            return Losses.crossEntropy(CrossEntropySpec.MEAN, output, target, null);
        }

        @Override
        public int correct(NDArray output, NDArray target) {
            float[] logits = output.toFloats();
            int[] labels = target.toInts();
            int classes = output.dim(1);
            int right = 0;
            for (int n = 0; n < labels.length; n++) {
                int best = 0;
                for (int c = 1; c < classes; c++) {
                    if (logits[n * classes + c] > logits[n * classes + best]) {
                        best = c;
                    }
                }
                right += best == labels[n] ? 1 : 0;
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
