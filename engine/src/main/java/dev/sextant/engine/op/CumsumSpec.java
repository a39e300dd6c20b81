package dev.sextant.engine.op;

/// Running sum along one axis (not negative).
public record CumsumSpec(int axis) implements OpSpec {
    @Override
    public String opName() {
        return "cumsum";
    }
}
