package dev.sextant.nn;

import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.Checks;

/// Deals the channels of `[N, C, H, W]` out to groups, so that grouped convolutions see each other's channels (Zhang
/// et al., 2017): output channel `j·groups + g` is input channel `g·C/groups + j`.
public final class ChannelShuffle extends Layer {
    private final int groups;

    /// @param groups number of groups; must divide C
    public ChannelShuffle(int groups) {
        Checks.atLeast("channel_shuffle", "groups", groups, 1);
        this.groups = groups;
    }

    @Override
    public Var forward(Var x) {
        Shape s = outputShape(x.shape(), Walk.NONE);
        Var grouped = Shaping.reshape(x, s.dim(0), groups, s.dim(1) / groups, s.dim(2), s.dim(3));
        return Shaping.reshape(Shaping.transpose(grouped, 1, 2), s.dims());
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Checks.rank("channel_shuffle", "x", in, 4, "[N, C, H, W]");
        if (in.dim(1) % groups != 0) {
            throw new ShapeException("channel_shuffle: x %s has C=%d, which groups=%d does not divide", in, in.dim(1),
                    groups);
        }
        return in;
    }
}
