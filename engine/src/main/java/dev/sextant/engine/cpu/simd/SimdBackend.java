package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.cpu.CpuBackend;
import dev.sextant.engine.cpu.Workers;
import dev.sextant.engine.op.AdaptivePool2dSpec;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.BinarySpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.DropoutSpec;
import dev.sextant.engine.op.MoveSpec;
import dev.sextant.engine.op.OpSpec;
import dev.sextant.engine.op.Pool2dSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Kernels;
import java.util.Arrays;
import java.util.Locale;

/// The fast CPU path as a backend: float32 and int32.
public final class SimdBackend extends CpuBackend {
    /// Channels from which on vectors over channels are worth it: of the source, of the result, and of the result of a
    /// first layer with small maps, whose vectors rather run over images.
    private static final int FEWEST_CHANNELS = 16;
    private static final int FEWEST_RESULTS = 16;
    private static final int MANY_RESULTS = 32;
    /// Pixels of a large map.
    private static final int LARGE_MAP = 1 << 10;
    private final CpuSettings settings;
    private final Kernels kernels;

    /// @param settings threads, precision, algorithm
    public SimdBackend(CpuSettings settings) {
        this.settings = settings;
        this.kernels = new SimdKernels(settings, Workers.of(settings.threads()));
    }

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public String describe() {
        return VectorSupport.describe() + ", " + settings.threads()
                + (settings.threads() == 1 ? " thread, " : " threads, ")
                + settings.precision().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    /// Blocked for convolutions with enough channels, and for what follows them element by element or window by
    /// window; row-major for everything else.
    @Override
    public Layout layoutFor(OpSpec spec, Shape result, NDArray... inputs) {
        boolean blocked = VectorSupport.ON && result.rank() == 4 && switch (spec) {
            case Conv2dSpec c -> ConvChoice.blocks(settings) && c.groups() == 1 && (inputs[0].isBlocked()
                    || result.dim(1) >= FEWEST_RESULTS && (inputs[0].dim(1) >= FEWEST_CHANNELS
                            || result.dim(1) >= MANY_RESULTS || result.dim(2) * result.dim(3) >= LARGE_MAP));
            case Pool2dSpec _, AdaptivePool2dSpec _, BatchNormSpec _, UnarySpec _, DropoutSpec _ ->
                inputs[0].isBlocked();
            case BinarySpec _ -> inputs[0].isBlocked() && inputs[1].isBlocked()
                    && inputs[0].shape().equals(inputs[1].shape());
            // Joined along the channels (or images), which blocks allow.
            case MoveSpec _ -> Arrays.stream(inputs).allMatch(x -> x.isBlocked() && x.dim(2) == result.dim(2)
                    && x.dim(3) == result.dim(3));
            default -> false;
        };
        return blocked ? Layout.Blocked.of(result, VectorSupport.LANES, 0) : Layout.Strided.of(result);
    }

    /// Convolutions and products name themselves when they run ([dev.sextant.engine.trace.Trace#chose]); the rest is
    /// loops over vectors or, in rare functions, over elements.
    @Override
    public String algorithm(OpSpec spec, NDArray... inputs) {
        return "loops";
    }

    @Override
    public boolean supports(DType dtype) {
        return dtype != DType.FLOAT64;
    }
}
