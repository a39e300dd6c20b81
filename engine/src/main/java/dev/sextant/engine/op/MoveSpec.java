package dev.sextant.engine.op;

/// An operation that only moves elements: reshape, transpose, slice, concatenate. Named for traces and errors.
public record MoveSpec(String opName) implements OpSpec {
}
