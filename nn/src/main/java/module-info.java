/// Layers, losses, optimizers, data, the training loop and checkpoints.
module dev.sextant.nn {
    requires transitive dev.sextant.autograd;

    exports dev.sextant.nn.data;
}
