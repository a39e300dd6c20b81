/// Reverse-mode automatic differentiation over the engine.
module dev.sextant.autograd {
    requires transitive dev.sextant.engine;

    exports dev.sextant.autograd;
}
