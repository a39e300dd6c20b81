package dev.sextant.engine.cpu.ref;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.spi.ReduceKernels;
import dev.sextant.engine.spi.Target;
import java.util.Arrays;

/// Reductions: the elements that meet in one result are collected first, then every reduction is a function of that
/// list ([Reducers]). Softmax and cumsum walk along one axis.
interface RefReduce extends ReduceKernels {

    @Override
    default void reduce(ReduceSpec spec, NDArray xs, NDArray ys, NDArray indices) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        Cells winners = Cells.of(indices);
        int[][] members = members(spec, xs.shape());
        for (int i = 0; i < y.size(); i++) {
            double[] v = values(x, members[i]);
            y.set(i, Reducers.value(spec, v));
            if (winners != null) {
                winners.set(i, Reducers.winner(spec.kind(), v));
            }
        }
    }

    @Override
    default void reduceBackward(ReduceSpec spec, NDArray xs, NDArray ys, NDArray dys, Target target) {
        Cells x = Cells.of(xs);
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        Shape shape = target.array().shape();
        int[][] members = members(spec, shape);
        for (int i = 0; i < dy.size(); i++) {
            // Sum and mean do not need the elements, which may be absent then.
            double[] v = x == null ? new double[members[i].length] : values(x, members[i]);
            double[] slopes = Reducers.slopes(spec, v);
            for (int j = 0; j < v.length; j++) {
                dx.add(members[i][j], slopes[j] * dy.get(i));
            }
        }
        dx.store();
    }

    @Override
    default void cumsum(CumsumSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        forEachLine(xs.shape(), spec.axis(), line -> {
            double sum = 0;
            for (int i : line) {
                sum += x.get(i);
                y.set(i, sum);
            }
        });
    }

    @Override
    default void cumsumBackward(CumsumSpec spec, NDArray dys, Target target) {
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        forEachLine(dys.shape(), spec.axis(), line -> {
            double sum = 0;
            for (int j = line.length - 1; j >= 0; j--) {
                sum += dy.get(line[j]);
                dx.add(line[j], sum);
            }
        });
        dx.store();
    }

    @Override
    default void softmax(SoftmaxSpec spec, NDArray xs, NDArray ys) {
        Cells x = Cells.of(xs);
        Cells y = Cells.of(ys);
        forEachLine(xs.shape(), spec.axis(), line -> {
            double logSum = Reducers.logSumExp(values(x, line));
            for (int i : line) {
                double log = x.get(i) - logSum;
                y.set(i, spec.log() ? log : Math.exp(log));
            }
        });
    }

    /// Softmax: `dx = y·(dy − Σ dy·y)`; log-softmax: `dx = dy − e^y·Σ dy`.
    @Override
    default void softmaxBackward(SoftmaxSpec spec, NDArray ys, NDArray dys, Target target) {
        Cells y = Cells.of(ys);
        Cells dy = Cells.of(dys);
        Sums dx = Sums.of(target);
        forEachLine(ys.shape(), spec.axis(), line -> {
            double sum = 0;
            for (int i : line) {
                sum += spec.log() ? dy.get(i) : dy.get(i) * y.get(i);
            }
            for (int i : line) {
                dx.add(i, spec.log() ? dy.get(i) - Math.exp(y.get(i)) * sum : y.get(i) * (dy.get(i) - sum));
            }
        });
        dx.store();
    }

    /// For every result, the row-major indices of the elements that meet in it, ascending.
    private static int[][] members(ReduceSpec spec, Shape x) {
        Shape kept = spec.keptShape(x);
        int[] resultOf = RefPointwise.sourceOf(kept, x);
        int results = (int) kept.size();
        int each = results == 0 ? 0 : resultOf.length / results;
        int[][] members = new int[results][each];
        int[] filled = new int[results];
        for (int i = 0; i < resultOf.length; i++) {
            members[resultOf[i]][filled[resultOf[i]]++] = i;
        }
        return members;
    }

    private static double[] values(Cells x, int[] at) {
        return Arrays.stream(at).mapToDouble(x::get).toArray();
    }

    /// Gives the row-major indices of every line along one axis.
    private static void forEachLine(Shape shape, int axis, java.util.function.Consumer<int[]> body) {
        int length = shape.dim(axis);
        int step = shape.strides()[axis];
        for (int i = 0; i < shape.size(); i++) {
            if (i / step % length == 0) {
                int first = i;
                int[] line = new int[length];
                Arrays.setAll(line, j -> first + j * step);
                body.accept(line);
            }
        }
    }
}
