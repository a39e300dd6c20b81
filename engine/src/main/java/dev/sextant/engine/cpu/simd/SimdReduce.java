package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.op.CumsumSpec;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.SoftmaxSpec;
import dev.sextant.engine.spi.ReduceKernels;
import dev.sextant.engine.spi.Target;

/// Along axes: the elements that meet in one result are gathered into a short run, on which the reduction works.
interface SimdReduce extends ReduceKernels, SimdPointwise {
    /// Elements worth a chunk of their own.
    int REDUCE_CHUNK = 1 << 13;

    @Override
    default void reduce(ReduceSpec spec, NDArray x, NDArray y, NDArray indices) {
        var from = Strides.of(x);
        var fibres = new Fibres(spec.axes()::contains, x.shape(), from.step());
        boolean ints = spec.kind() == ReduceSpec.Kind.ARGMAX || spec.kind() == ReduceSpec.Kind.ARGMIN;
        var to = ints ? null : Dense.into(y);
        int[] found = ints ? HostStorage.ints(y) : indices == null ? null : HostStorage.ints(indices);
        int foundAt = ints ? HostStorage.start(y) : indices == null ? 0 : HostStorage.start(indices);
        forEach(fibres, (i, run) -> {
            fibres.gather(from, i, run);
            if (!ints) {
                to.data()[to.start() + i] = (float) Reductions.value(spec, run, fibres.length());
            }
            if (found != null) {
                found[foundAt + i] = Reductions.winner(spec.kind(), run, fibres.length());
            }
        });
        if (to != null) {
            to.store(this);
        }
    }

    @Override
    default void reduceBackward(ReduceSpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        Plain plain = Plain.of(dx);
        boolean adds = plain.target().adds();
        NDArray result = plain.array();
        var to = Strides.into(result);
        var from = x == null ? null : Strides.of(x);
        var up = Strides.of(Dense.of(dy));
        var places = new Fibres(spec.axes()::contains, result.shape(), to.step());
        var sources = x == null ? null : new Fibres(spec.axes()::contains, x.shape(), from.step());
        forEach(places, (i, run) -> {
            // sum and mean do not need the elements, which may be absent then
            if (sources != null) {
                sources.gather(from, i, run);
            }
            Reductions.slopes(spec, run, places.length());
            places.scatter(to, i, run, up.data()[up.base() + i], adds);
        });
        plain.store(this);
    }

    @Override
    default void cumsum(CumsumSpec spec, NDArray x, NDArray y) {
        lines(spec.axis(), x, null, Target.set(y), (run, other, n) -> {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += run[i];
                run[i] = sum;
            }
        });
    }

    @Override
    default void cumsumBackward(CumsumSpec spec, NDArray dy, Target dx) {
        lines(spec.axis(), dy, null, dx, (run, other, n) -> {
            double sum = 0;
            for (int i = n - 1; i >= 0; i--) {
                sum += run[i];
                run[i] = sum;
            }
        });
    }

    @Override
    default void softmax(SoftmaxSpec spec, NDArray x, NDArray y) {
        lines(spec.axis(), x, null, Target.set(y), (run, other, n) -> {
            double log = Reductions.logSumExp(run, n);
            for (int i = 0; i < n; i++) {
                run[i] = spec.log() ? run[i] - log : Math.exp(run[i] - log);
            }
        });
    }

    /// Softmax: `dx = y·(dy − Σ dy·y)`; log-softmax: `dx = dy − e^y·Σ dy`.
    @Override
    default void softmaxBackward(SoftmaxSpec spec, NDArray y, NDArray dy, Target dx) {
        lines(spec.axis(), y, dy, dx, (run, up, n) -> {
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += spec.log() ? up[i] : up[i] * run[i];
            }
            for (int i = 0; i < n; i++) {
                run[i] = spec.log() ? up[i] - Math.exp(run[i]) * sum : run[i] * (up[i] - sum);
            }
        });
    }

    /// Works on one line, in place.
    @FunctionalInterface
    interface Line {
        void run(double[] run, double[] other, int n);
    }

    /// One result of a reduction, with a run to work in.
    @FunctionalInterface
    interface Each {
        void run(int index, double[] run);
    }

    private void forEach(Fibres fibres, Each each) {
        int perChunk = Math.max(1, REDUCE_CHUNK / Math.max(1, fibres.length()));
        workers().run(Math.ceilDiv(fibres.count(), perChunk), c -> {
            double[] run = new double[fibres.length()];
            for (int i = c * perChunk; i < Math.min(fibres.count(), (c + 1) * perChunk); i++) {
                each.run(i, run);
            }
        });
    }

    private void lines(int axis, NDArray x, NDArray other, Target target, Line line) {
        var from = Strides.of(x);
        var second = other == null ? null : Strides.of(other);
        Plain plain = Plain.of(target);
        boolean adds = plain.target().adds();
        var to = Strides.into(plain.array());
        var lines = new Fibres(a -> a == axis, x.shape(), from.step());
        var seconds = other == null ? null : new Fibres(a -> a == axis, x.shape(), second.step());
        var places = new Fibres(a -> a == axis, x.shape(), to.step());
        int n = lines.length();
        forEach(lines, (i, run) -> {
            lines.gather(from, i, run);
            double[] up = null;
            if (seconds != null) {
                up = new double[n];
                seconds.gather(second, i, up);
            }
            line.run(run, up, n);
            places.scatter(to, i, run, 1, adds);
        });
        plain.store(this);
    }
}
