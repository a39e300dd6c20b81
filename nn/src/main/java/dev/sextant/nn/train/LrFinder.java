package dev.sextant.nn.train;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.Dropout;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.optim.Optimizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The learning-rate range test (Smith, 2015): trains a few steps with a rate that grows from step to step, and watches
/// at which rate the loss falls fastest and at which it explodes.
///
/// @param points one per step done, rates rising
public record LrFinder(List<Point> points) {
    /// How much of the mean loss a step keeps.
    private static final double SMOOTHING = 0.9;
    /// A loss this many times the best one has exploded.
    private static final double EXPLODED = 4;

    public LrFinder {
        points = List.copyOf(points);
    }

    /// A step.
    ///
    /// @param lr   its rate
    /// @param loss mean over this step and those before it, the latest weighing most
    public record Point(double lr, double loss) {
    }

    /// Runs the test. The model's parameters and buffers are afterwards what they were before.
    ///
    /// @param rule  the optimizer's rule, at any rate
    /// @param from  rate of the first step
    /// @param to    rate of the last, reached unless the loss explodes before
    /// @param steps how many, at least 10
    /// @param seed  of dropout
    public static LrFinder run(Layer model, OptimizerSpec rule, Task task, BatchSource batches, double from, double to,
            int steps, long seed) {
        if (!(from > 0 && to > from && Double.isFinite(to)) || steps < 10) {
            throw new SextantException("learning-rate test: needs 0 < from < to and at least 10 steps, but got %s, %s "
                    + "and %d", from, to, steps);
        }
        Map<String, NDArray> before = new LinkedHashMap<>();
        model.state().forEach((name, a) -> before.put(name, a.copy()));
        boolean wasTraining = model.isTraining();
        model.train();
        try {
            return new LrFinder(test(model, new Optimizer(rule, model.parameters()), task, batches, from, to, steps,
                    seed));
        } finally {
            model.state().forEach((name, a) -> a.set(before.get(name)));
            if (!wasTraining) {
                model.eval();
            }
        }
    }

    private static List<Point> test(Layer model, Optimizer optimizer, Task task, BatchSource batches, double from,
            double to, int steps, long seed) {
        List<Point> points = new ArrayList<>();
        double mean = 0;
        double best = Double.POSITIVE_INFINITY;
        Iterator<Batch> epoch = batches.epoch(0, 0);
        for (int step = 0, epochs = 0; step < steps; step++) {
            if (!epoch.hasNext()) {
                epoch = batches.epoch(++epochs, 0);
            }
            double lr = from * Math.pow(to / from, (double) step / (steps - 1));
            optimizer.setLr(lr);
            mean = SMOOTHING * mean + (1 - SMOOTHING) * step(model, optimizer, task, epoch, step, seed);
            // The mean begins at zero; the division takes that bias out.
            double loss = mean / (1 - Math.pow(SMOOTHING, step + 1));
            if (!Double.isFinite(loss) || step > 0 && loss > EXPLODED * best) {
                break;
            }
            points.add(new Point(lr, loss));
            best = Math.min(best, loss);
        }
        return points;
    }

    private static double step(Layer model, Optimizer optimizer, Task task, Iterator<Batch> epoch, int step,
            long seed) {
        try (var _ = Scope.open("learning-rate test")) {
            Batch batch = epoch.next();
            Dropout.position(model, seed, step);
            Var loss = task.loss(model.applyAll(Var.of(batch.images())), batch.labels());
            optimizer.zeroGrad();
            loss.backward();
            optimizer.step();
            return loss.item();
        }
    }

    /// The rate at which the loss falls fastest per factor of the rate: a good rate to begin with. Rates up to ten times
    /// this one often train too. NaN if the loss never fell.
    public double suggestion() {
        double steepest = 0;
        double at = Double.NaN;
        for (int i = 1; i + 1 < points.size(); i++) {
            double slope = (points.get(i + 1).loss - points.get(i - 1).loss)
                    / Math.log(points.get(i + 1).lr / points.get(i - 1).lr);
            if (slope < steepest) {
                steepest = slope;
                at = points.get(i).lr;
            }
        }
        return at;
    }
}
