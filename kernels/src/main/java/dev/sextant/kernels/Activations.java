package dev.sextant.kernels;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.UnarySpec;

/// Numbers of the activations that `activation.cuh` fuses into other operations.
final class Activations {
    private Activations() {
    }

    /// Whether it can be fused; others are a kernel of their own.
    static boolean fuses(UnarySpec activation) {
        return switch (activation.kind()) {
            case IDENTITY, RELU, SIGMOID, TANH, SCALED_TANH, HARDTANH -> true;
            default -> false;
        };
    }

    /// The number, in the order of the header.
    static int number(UnarySpec activation) {
        return switch (activation.kind()) {
            case IDENTITY -> 0;
            case RELU -> 1;
            case SIGMOID -> 2;
            case TANH -> 3;
            case SCALED_TANH -> 4;
            case HARDTANH -> 5;
            default -> throw new DeviceException("cuda: %s cannot be fused", activation.kind());
        };
    }
}
