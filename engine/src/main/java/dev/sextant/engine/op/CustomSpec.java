package dev.sextant.engine.op;

/// The spec of an operation defined outside Sextant; see `dev.sextant.autograd.Function`.
public non-sealed interface CustomSpec extends OpSpec {
}
