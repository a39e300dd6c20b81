package dev.sextant.engine.op;

import dev.sextant.engine.Shape;
import java.util.Locale;

/// An element-wise function of two arrays that broadcast against each other.
public record BinarySpec(Kind kind) implements OpSpec {

    /// The functions. Where maximum and minimum tie, each side gets half of the gradient.
    public enum Kind {
        ADD, SUB, MUL, DIV, POW, MAXIMUM, MINIMUM
    }

    /// `a + b`.
    public static final BinarySpec ADD = new BinarySpec(Kind.ADD);
    /// `a − b`.
    public static final BinarySpec SUB = new BinarySpec(Kind.SUB);
    /// `a · b`.
    public static final BinarySpec MUL = new BinarySpec(Kind.MUL);
    /// `a / b`.
    public static final BinarySpec DIV = new BinarySpec(Kind.DIV);

    /// The common shape.
    public Shape outputShape(Shape a, Shape b) {
        return Shape.broadcast(opName(), a, b);
    }

    @Override
    public String opName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
