package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Aux;
import dev.sextant.engine.spi.FusedKernels;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.trace.Trace;

/// Compositions on blocked arrays in the passes that one of them needs anyway; others run one after the other.
interface SimdFused extends FusedKernels, SimdConv, SimdNorm {

    @Override
    default Aux batchNormAdd(BatchNormSpec spec, NDArray x, NDArray residual, NDArray gamma, NDArray beta,
            NDArray runningMean, NDArray runningVar, NDArray y) {
        boolean known = spec.activation().isIdentity() || spec.activation().kind() == UnarySpec.Kind.RELU;
        if (known && BlockedView.is(x) && BlockedView.is(y) && BlockedView.is(residual)) {
            return BlockedNorm.forward(workers(), spec, x, residual, gamma, beta, runningMean, runningVar, y);
        }
        return FusedKernels.super.batchNormAdd(spec, x, residual, gamma, beta, runningMean, runningVar, y);
    }

    @Override
    default void conv2dAdd(Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray residual, NDArray y) {
        ConvAlgorithm chosen = ConvChoice.of(settings(), spec, x, w, y);
        boolean blocked = spec.groups() == 1 && BlockedView.is(y) && BlockedView.is(residual);
        if (blocked && chosen instanceof Winograd form) {
            Trace.chose(form::toString);
            WinogradConv.forward(workers(), form, spec, x, w, bias, BlockedView.of(residual), y);
        } else if (blocked && chosen == null) {
            Trace.chose(() -> BLOCKED);
            BlockedConv.forward(workers(), spec, x, w, bias, BlockedView.of(residual), y);
        } else {
            FusedKernels.super.conv2dAdd(spec, x, w, bias, residual, y);
        }
    }

    @Override
    default void batchNormActivationBackward(BatchNormSpec spec, NDArray dy, NDArray x, NDArray y, NDArray gamma,
            Aux aux, NDArray dz, Target dx, Target dgamma, Target dbeta) {
        if (!(aux instanceof BlockedNorm.Kept kept) || spec.activation().kind() != UnarySpec.Kind.RELU
                || !(dx == null || BlockedView.is(dx.array())) || !BlockedView.is(dz)) {
            FusedKernels.super.batchNormActivationBackward(spec, dy, x, y, gamma, aux, dz, dx, dgamma, dbeta);
            return;
        }
        NDArray blocked = BlockedMoves.blocked(workers(), dy);
        boolean follows = dz == dy && !kept.added();
        var incoming = follows ? new BlockedNorm.Incoming(blocked, null, null, true)
                : new BlockedNorm.Incoming(blocked, y, dz, false);
        BlockedNorm.backward(workers(), spec, incoming, x, gamma, kept, dx, dgamma, dbeta);
    }

    @Override
    default void conv2dActivationBackward(Conv2dSpec spec, NDArray dy, NDArray y, NDArray dz, Target dbias) {
        if (BlockedView.is(y) && BlockedView.is(dz)) {
            BlockedBias.backward(workers(), spec.activation(), BlockedMoves.blocked(workers(), dy), y, dz, dbias);
        } else {
            FusedKernels.super.conv2dActivationBackward(spec, dy, y, dz, dbias);
        }
    }
}
