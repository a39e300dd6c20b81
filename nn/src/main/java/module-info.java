/// Layers, initialisation, optimizers, data loading, the training loop and checkpoints.
module dev.sextant.nn {
    requires transitive dev.sextant.autograd;
    // For image files alone; without it everything else works.
    requires static java.desktop;

    uses dev.sextant.nn.ModelFactory;

    exports dev.sextant.nn;
    exports dev.sextant.nn.data;
    exports dev.sextant.nn.init;
    exports dev.sextant.nn.io;
    exports dev.sextant.nn.metrics;
    exports dev.sextant.nn.optim;
    exports dev.sextant.nn.train;
}
