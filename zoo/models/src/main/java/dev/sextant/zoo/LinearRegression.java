package dev.sextant.zoo;

import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.Sequential;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.init.Init;
import java.util.Iterator;
import java.util.stream.IntStream;

/// Linear regression on made-up data (d2l.ai, chapter "Linear Neural Networks"): 1,000 examples of
/// `y = 2·x₁ − 3.4·x₂ + 4.2 + noise`, x standard normal, noise of deviation 0.01. Trained with the squared error, the
/// weights come close to (2, −3.4) and the bias to 4.2.
public final class LinearRegression {
    /// In the list of networks.
    public static final String NAME = "linear";
    /// The weights behind the data.
    public static final double[] TRUE_WEIGHTS = {2, -3.4};
    /// The bias behind the data.
    public static final double TRUE_BIAS = 4.2;
    private static final int EXAMPLES = 1000;
    private static final long DATA_STREAM = 0x4C494E52L << 32;

    private LinearRegression() {
    }

    public static Sequential create() {
        return sequence(flatten(), linear(1).init(Init.normal(0, 0.01), Init.constant(0)));
    }

    /// The data in batches `[n, 2, 1, 1]` with targets `[n, 1]`, a new order every epoch.
    public static BatchSource data(int batch, long seed, Device device) {
        float[] x = Philox.normal(seed, DATA_STREAM, 2 * EXAMPLES, 0, 1);
        float[] noise = Philox.normal(seed, DATA_STREAM + 1, EXAMPLES, 0, 0.01);
        float[] y = new float[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            y[i] = (float) (TRUE_WEIGHTS[0] * x[2 * i] + TRUE_WEIGHTS[1] * x[2 * i + 1] + TRUE_BIAS + noise[i]);
        }
        return new BatchSource() {
            @Override
            public int steps() {
                return Math.ceilDiv(EXAMPLES, batch);
            }

            @Override
            public Iterator<Batch> epoch(int epoch, int fromStep) {
                int[] order = Philox.permutation(seed, DATA_STREAM + 2 + epoch, EXAMPLES);
                return IntStream.range(fromStep, steps()).mapToObj(step -> cut(order, epoch, step)).iterator();
            }

            private Batch cut(int[] order, int epoch, int step) {
                int n = Math.min(batch, EXAMPLES - step * batch);
                float[] features = new float[2 * n];
                float[] targets = new float[n];
                for (int i = 0; i < n; i++) {
                    int example = order[step * batch + i];
                    features[2 * i] = x[2 * example];
                    features[2 * i + 1] = x[2 * example + 1];
                    targets[i] = y[example];
                }
                return new Batch(epoch, step, NDArray.of(features, Shape.of(n, 2, 1, 1), device),
                        NDArray.of(targets, Shape.of(n, 1), device));
            }
        };
    }
}
