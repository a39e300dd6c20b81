package dev.sextant.bench.peers;

/// What is compared.
enum Mode {
    TRAIN, INFER
}
