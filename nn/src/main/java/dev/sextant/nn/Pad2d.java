package dev.sextant.nn;

import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.PadSpec.Mode;

/// Pads the last two axes, `[N, C, H, W]` → `[N, C, H + top + bottom, W + left + right]`, see [PadSpec].
public final class Pad2d extends Layer {
    private final PadSpec spec;

    public Pad2d(PadSpec spec) {
        this.spec = spec;
    }

    /// Zeros on all four sides.
    public static Pad2d zero(int all) {
        return new Pad2d(new PadSpec(Mode.CONSTANT, all, all, all, all, 0));
    }

    /// The mirror image on all four sides, the edge not repeated.
    public static Pad2d reflection(int all) {
        return new Pad2d(new PadSpec(Mode.REFLECT, all, all, all, all, 0));
    }

    /// The edge pixels on all four sides.
    public static Pad2d replication(int all) {
        return new Pad2d(new PadSpec(Mode.REPLICATE, all, all, all, all, 0));
    }

    @Override
    public String typeName() {
        return switch (spec.mode()) {
            case CONSTANT -> spec.value() == 0 ? "ZeroPad2d" : "ConstantPad2d";
            case REFLECT -> "ReflectionPad2d";
            case REPLICATE -> "ReplicationPad2d";
        };
    }

    @Override
    public Var forward(Var x) {
        return Shaping.pad(spec, x);
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return spec.outputShape(in);
    }
}
