package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.engine.spi.OptimizerKernels;
import java.util.List;

/// The update rules, parameter by parameter; each reads like its paper. `s[j]` are the state arrays in the order of
/// [OptimizerSpec#stateNames].
interface RefOptimizer extends OptimizerKernels {

    @Override
    default void optimize(OptimizerSpec spec, long step, NDArray param, NDArray grad, List<NDArray> state) {
        Cells p = Cells.of(param);
        Cells g = Cells.of(grad);
        Cells[] s = state.stream().map(Cells::of).toArray(Cells[]::new);
        for (int i = 0; i < p.size(); i++) {
            switch (spec) {
                case OptimizerSpec.Sgd o -> sgd(o, step, i, p, g.get(i), s);
                case OptimizerSpec.Adam o -> adam(o, step, i, p, g.get(i), s);
                case OptimizerSpec.RmsProp o -> rmsProp(o, i, p, g.get(i), s);
                case OptimizerSpec.Adagrad o -> adagrad(o, step, i, p, g.get(i), s);
                case OptimizerSpec.Adadelta o -> adadelta(o, i, p, g.get(i), s);
            }
        }
    }

    @Override
    default double sumOfSquares(NDArray xs) {
        Cells x = Cells.of(xs);
        double sum = 0;
        for (int i = 0; i < x.size(); i++) {
            sum += x.get(i) * x.get(i);
        }
        return sum;
    }

    private static void sgd(OptimizerSpec.Sgd o, long step, int i, Cells p, double grad, Cells[] s) {
        double g = grad + o.weightDecay() * p.get(i);
        double direction = g;
        if (o.momentum() != 0) {
            double v = step == 1 ? g : o.momentum() * s[0].get(i) + (1 - o.dampening()) * g;
            s[0].set(i, v);
            direction = o.nesterov() ? g + o.momentum() * v : v;
        }
        p.set(i, p.get(i) - o.lr() * direction);
    }

    private static void adam(OptimizerSpec.Adam o, long step, int i, Cells p, double grad, Cells[] s) {
        double value = o.decoupled() ? p.get(i) * (1 - o.lr() * o.weightDecay()) : p.get(i);
        double g = o.decoupled() ? grad : grad + o.weightDecay() * value;
        double m = o.beta1() * s[0].get(i) + (1 - o.beta1()) * g;
        double v = o.beta2() * s[1].get(i) + (1 - o.beta2()) * g * g;
        s[0].set(i, m);
        s[1].set(i, v);
        if (o.amsgrad()) {
            v = Math.max(v, s[2].get(i));
            s[2].set(i, v);
        }
        double correctedM = m / (1 - Math.pow(o.beta1(), step));
        double correctedV = v / (1 - Math.pow(o.beta2(), step));
        p.set(i, value - o.lr() * correctedM / (Math.sqrt(correctedV) + o.eps()));
    }

    private static void rmsProp(OptimizerSpec.RmsProp o, int i, Cells p, double grad, Cells[] s) {
        double g = grad + o.weightDecay() * p.get(i);
        double square = o.alpha() * s[0].get(i) + (1 - o.alpha()) * g * g;
        s[0].set(i, square);
        double variance = square;
        if (o.centered()) {
            Cells average = s[s.length - 1];
            double mean = o.alpha() * average.get(i) + (1 - o.alpha()) * g;
            average.set(i, mean);
            variance = square - mean * mean;
        }
        double direction = g / (Math.sqrt(variance) + o.eps());
        if (o.momentum() != 0) {
            direction = o.momentum() * s[1].get(i) + direction;
            s[1].set(i, direction);
        }
        p.set(i, p.get(i) - o.lr() * direction);
    }

    private static void adagrad(OptimizerSpec.Adagrad o, long step, int i, Cells p, double grad, Cells[] s) {
        double g = grad + o.weightDecay() * p.get(i);
        double sum = s[0].get(i) + g * g;
        s[0].set(i, sum);
        double rate = o.lr() / (1 + (step - 1) * o.lrDecay());
        p.set(i, p.get(i) - rate * g / (Math.sqrt(sum) + o.eps()));
    }

    private static void adadelta(OptimizerSpec.Adadelta o, int i, Cells p, double grad, Cells[] s) {
        double g = grad + o.weightDecay() * p.get(i);
        double square = o.rho() * s[0].get(i) + (1 - o.rho()) * g * g;
        double delta = Math.sqrt(s[1].get(i) + o.eps()) / Math.sqrt(square + o.eps()) * g;
        s[0].set(i, square);
        s[1].set(i, o.rho() * s[1].get(i) + (1 - o.rho()) * delta * delta);
        p.set(i, p.get(i) - o.lr() * delta);
    }
}
