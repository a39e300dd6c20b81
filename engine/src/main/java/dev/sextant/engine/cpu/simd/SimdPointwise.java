package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.DType;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.PointwiseKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;

/// Element by element, row by row of a [Walk]: contiguous rows through [Loops], others one element at a time.
interface SimdPointwise extends PointwiseKernels, SimdFamily {

    @Override
    default void fill(double value, NDArray y) {
        if (y.layout() instanceof Layout.Blocked) {
            BlockedMoves.fill(workers(), (float) value, y);
            return;
        }
        var walk = new Walk(y.shape(), y);
        int step = walk.step(0);
        if (y.dtype() == DType.INT32) {
            int[] to = HostStorage.ints(y);
            walk.run(workers(), (at, n) -> {
                for (int i = 0; i < n; i++) {
                    to[at[0] + i * step] = (int) value;
                }
            });
            return;
        }
        float[] to = HostStorage.floats(y);
        float v = (float) value;
        walk.run(workers(), (at, n) -> {
            if (step == 1) {
                Arrays.fill(to, at[0], at[0] + n, v);
            } else {
                for (int i = 0; i < n; i++) {
                    to[at[0] + i * step] = v;
                }
            }
        });
    }

    @Override
    default void copy(NDArray x, NDArray y, Write write) {
        boolean adds = write == Write.ADD;
        if (x.isBlocked() || y.isBlocked()) {
            BlockedMoves.copy(workers(), x, y, adds);
            return;
        }
        var walk = new Walk(y.shape(), x, y);
        int from = walk.step(0);
        int to = walk.step(1);
        if (x.dtype() == DType.INT32) {
            int[] source = HostStorage.ints(x);
            int[] result = HostStorage.ints(y);
            walk.run(workers(), (at, n) -> {
                for (int i = 0; i < n; i++) {
                    int v = source[at[0] + i * from];
                    result[at[1] + i * to] = adds ? result[at[1] + i * to] + v : v;
                }
            });
            return;
        }
        float[] source = HostStorage.floats(x);
        float[] result = HostStorage.floats(y);
        walk.run(workers(), (at, n) -> {
            if (from == 1 && to == 1) {
                Loops.copy(source, at[0], result, at[1], n, adds);
            } else {
                for (int i = 0; i < n; i++) {
                    float v = source[at[0] + i * from];
                    result[at[1] + i * to] = adds ? result[at[1] + i * to] + v : v;
                }
            }
        });
    }

    @Override
    default void copyRange(NDArray x, int from, NDArray y, int to, int length, int axis, Write write) {
        if (x.hasView(axis, from, length) && y.hasView(axis, to, length)) {
            copy(x.narrow(axis, from, length), y.narrow(axis, to, length), write);
        } else if (axis == 1 && BlockedView.is(y)) {
            BlockedMoves.copyChannels(workers(), BlockedMoves.blocked(workers(), x), from, y, to, length,
                    write == Write.ADD);
        } else {
            copy(x.plain().narrow(axis, from, length), y.narrow(axis, to, length), write);
        }
    }

    @Override
    default void unary(UnarySpec spec, NDArray x, NDArray y) {
        if (BlockedView.is(x) && BlockedView.is(y)) {
            BlockedPointwise.unary(workers(), spec, x, y);
            return;
        }
        Plain result = Plain.of(y);
        unaryPlain(spec, x, result.array());
        result.store(this);
    }

    private void unaryPlain(UnarySpec spec, NDArray x, NDArray y) {
        var walk = new Walk(y.shape(), x, y);
        float[] from = Strides.of(x).data();
        float[] to = Strides.into(y).data();
        boolean dense = walk.dense();
        walk.run(workers(), (at, n) -> {
            if (dense) {
                Unary.apply(spec, from, at[0], to, at[1], n);
            } else {
                for (int i = 0; i < n; i++) {
                    Unary.apply(spec, from, at[0] + i * walk.step(0), to, at[1] + i * walk.step(1), 1);
                }
            }
        });
    }

    @Override
    default void unaryBackward(UnarySpec spec, NDArray x, NDArray y, NDArray dy, Target dx) {
        NDArray saved = x != null ? x : y != null ? y : dy;
        if (BlockedView.is(saved) && BlockedView.is(dx.array())) {
            BlockedPointwise.unaryBackward(workers(), spec, saved, BlockedMoves.blocked(workers(), dy), dx);
            return;
        }
        Plain result = Plain.of(dx);
        unaryBackwardPlain(spec, saved, dy, result.target());
        result.store(this);
    }

    private void unaryBackwardPlain(UnarySpec spec, NDArray saved, NDArray dy, Target dx) {
        var walk = new Walk(dy.shape(), saved, dy, dx.array());
        float[] s = Strides.of(saved).data();
        float[] from = Strides.of(dy).data();
        float[] to = Strides.into(dx.array()).data();
        boolean dense = walk.dense();
        walk.run(workers(), (at, n) -> {
            if (dense) {
                Unary.backward(spec, s, at[0], from, at[1], to, at[2], n, dx.adds());
            } else {
                for (int i = 0; i < n; i++) {
                    Unary.backward(spec, s, at[0] + i * walk.step(0), from, at[1] + i * walk.step(1), to,
                            at[2] + i * walk.step(2), 1, dx.adds());
                }
            }
        });
    }

    @Override
    default void binary(BinarySpec spec, NDArray a, NDArray b, NDArray y) {
        if (BlockedView.is(a) && BlockedView.is(b) && BlockedView.is(y) && a.shape().equals(b.shape())) {
            BlockedPointwise.binary(workers(), spec, a, b, y);
            return;
        }
        Plain result = Plain.of(y);
        binaryPlain(spec, a, b, result.array());
        result.store(this);
    }

    private void binaryPlain(BinarySpec spec, NDArray a, NDArray b, NDArray y) {
        var walk = new Walk(y.shape(), a, b, y);
        float[] left = Strides.of(a).data();
        float[] right = Strides.of(b).data();
        float[] to = Strides.into(y).data();
        walk.run(workers(), (at, n) -> Binary.apply(spec.kind(), left, at[0], walk.step(0), right, at[1], walk.step(1),
                to, at[2], walk.step(2), n));
    }

    @Override
    default void binaryBackward(BinarySpec spec, NDArray a, NDArray b, NDArray dy, Target da, Target db) {
        boolean sums = spec.kind() == BinarySpec.Kind.ADD || spec.kind() == BinarySpec.Kind.SUB;
        if (sums && a.shape().equals(b.shape())) {
            addBackward(dy, da, false);
            addBackward(dy, db, spec.kind() == BinarySpec.Kind.SUB);
            return;
        }
        if (da != null) {
            Plain result = Plain.of(da);
            Broadcast.backward(workers(), Binary.slope(spec.kind(), true), a, b, dy, result.target());
            result.store(this);
        }
        if (db != null) {
            Plain result = Plain.of(db);
            Broadcast.backward(workers(), Binary.slope(spec.kind(), false), a, b, dy, result.target());
            result.store(this);
        }
    }

    /// A sum passes its gradient on, a difference with the opposite sign.
    private void addBackward(NDArray dy, Target target, boolean negated) {
        if (target != null && negated) {
            unaryBackward(UnarySpec.of(UnarySpec.Kind.NEG), null, null, dy, target);
        } else if (target != null) {
            copy(dy, target.array(), target.write());
        }
    }

    @Override
    default void where(NDArray condition, NDArray a, NDArray b, NDArray y) {
        Plain result = Plain.of(y);
        wherePlain(condition, a, b, result.array());
        result.store(this);
    }

    private void wherePlain(NDArray condition, NDArray a, NDArray b, NDArray y) {
        var walk = new Walk(y.shape(), condition, a, b, y);
        boolean ints = condition.dtype() == DType.INT32;
        int[] flags = ints ? HostStorage.ints(condition.plain()) : null;
        float[] values = ints ? null : Strides.of(condition).data();
        float[] left = Strides.of(a).data();
        float[] right = Strides.of(b).data();
        float[] to = Strides.into(y).data();
        walk.run(workers(), (at, n) -> {
            for (int i = 0; i < n; i++) {
                int c = at[0] + i * walk.step(0);
                boolean yes = ints ? flags[c] != 0 : values[c] != 0;
                to[at[3] + i * walk.step(3)] = yes ? left[at[1] + i * walk.step(1)] : right[at[2] + i * walk.step(2)];
            }
        });
    }

    @Override
    default void whereBackward(NDArray condition, NDArray dy, Target da, Target db) {
        if (da != null) {
            Plain result = Plain.of(da);
            Broadcast.select(workers(), condition, true, dy, result.target());
            result.store(this);
        }
        if (db != null) {
            Plain result = Plain.of(db);
            Broadcast.select(workers(), condition, false, dy, result.target());
            result.store(this);
        }
    }

    @Override
    default void dropout(DropoutSpec spec, NDArray x, NDArray y) {
        Plain result = Plain.of(y);
        Dropout.run(workers(), spec, x, result.array(), false);
        result.store(this);
    }

    @Override
    default void dropoutBackward(DropoutSpec spec, NDArray dy, Target dx) {
        Plain result = Plain.of(dx);
        Dropout.run(workers(), spec, dy, result.array(), result.target().adds());
        result.store(this);
    }
}
