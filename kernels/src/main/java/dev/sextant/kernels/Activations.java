package dev.sextant.kernels;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.op.UnarySpec;

/// Numbers of the activations that `activation.cuh` fuses into other operations.
final class Activations {
    private Activations() {
    }

    /// The number, in the order of the header.
    static int number(String op, UnarySpec activation) {
        return switch (activation.kind()) {
            case IDENTITY -> 0;
            case RELU -> 1;
            case SIGMOID -> 2;
            case TANH -> 3;
            case SCALED_TANH -> 4;
            case HARDTANH -> 5;
            default -> throw new DeviceException("%s: cuda cannot fuse the activation %s; apply it as an operation of "
                    + "its own (--fuse off)", op, activation.kind());
        };
    }
}
