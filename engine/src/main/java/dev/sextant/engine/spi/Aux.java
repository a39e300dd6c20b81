package dev.sextant.engine.spi;

/// What a backend keeps between the forward and the backward call of one operation (the winners of a max pool, the
/// inverse deviations of a batch norm). Private to the backend; memory inside it belongs to the current scope.
public interface Aux {
}
