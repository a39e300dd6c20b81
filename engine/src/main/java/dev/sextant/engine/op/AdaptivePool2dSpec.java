package dev.sextant.engine.op;

import dev.sextant.engine.Shape;

/// Pooling to a fixed size: output row `p` covers input rows `⌊p·H/P⌋ … ⌈(p+1)·H/P⌉ − 1`, columns alike.
public record AdaptivePool2dSpec(PoolKind kind, Pair output) implements OpSpec {
    public AdaptivePool2dSpec {
        Checks.atLeast("adaptive_pool2d", "output", output, 1);
    }

    /// Shape of `y`.
    public Shape outputShape(Shape x) {
        Checks.rank(opName(), "x", x, 4, "[N, C, H, W]");
        Checks.pixels(opName(), x);
        return Shape.of(x.dim(0), x.dim(1), output.h(), output.w());
    }

    /// First input position of output position `i`.
    public static int start(int i, int in, int out) {
        return (int) ((long) i * in / out);
    }

    /// One past the last input position of output position `i`.
    public static int end(int i, int in, int out) {
        return (int) (((long) (i + 1) * in + out - 1) / out);
    }

    @Override
    public String opName() {
        return kind == PoolKind.MAX ? "adaptive_max_pool2d" : "adaptive_avg_pool2d";
    }
}
