package dev.sextant.kernels.settings;

import dev.sextant.engine.error.DeviceException;
import java.util.List;

/// The three convolutions of training, and what cuDNN's algorithms for each are called. The place in a list is the
/// number in cuDNN's header (`cudnnConvolutionFwdAlgo_t` and its two sisters).
public enum ConvDirection {
    /// `y = x ⋆ w`.
    FORWARD("forward", "implicit-gemm", "implicit-precomp-gemm", "gemm", "direct", "fft", "fft-tiling", "winograd",
            "winograd-nonfused"),
    /// `dx = dz ⋆ᵀ w`.
    BACKWARD_DATA("backward-data", "algo-0", "algo-1", "fft", "fft-tiling", "winograd", "winograd-nonfused"),
    /// `dw = x ⋆ dz`.
    BACKWARD_FILTER("backward-filter", "algo-0", "algo-1", "fft", "algo-3", "winograd", "winograd-nonfused",
            "fft-tiling");

    private final String label;
    private final List<String> algorithms;

    ConvDirection(String label, String... algorithms) {
        this.label = label;
        this.algorithms = List.of(algorithms);
    }

    /// Its name for people and command lines.
    public String label() {
        return label;
    }

    /// The algorithms by name.
    public List<String> algorithms() {
        return algorithms;
    }

    /// cuDNN's number of an algorithm.
    ///
    /// @throws DeviceException if there is none of that name
    public int number(String algorithm) {
        int number = algorithms.indexOf(algorithm);
        if (number < 0) {
            throw new DeviceException("cuda: cuDNN has no algorithm '%s' for %s; known are %s", algorithm, label,
                    algorithms);
        }
        return number;
    }

    /// Whether the documentation promises the same bits on every run: the others add up with atomics.
    public boolean isDeterministic(int algorithm) {
        return switch (this) {
            case FORWARD -> true;
            case BACKWARD_DATA -> algorithm != 0;
            case BACKWARD_FILTER -> algorithm != 0 && algorithm != 3;
        };
    }
}
