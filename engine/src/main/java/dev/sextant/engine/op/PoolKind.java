package dev.sextant.engine.op;

/// What a pooling window computes.
public enum PoolKind {
    MAX, AVG
}
