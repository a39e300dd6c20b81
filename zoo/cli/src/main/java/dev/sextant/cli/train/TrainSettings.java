package dev.sextant.cli.train;

import java.util.Map;

/// Everything that decides a training, in full; written to the run card, and read back by `--resume`.
///
/// @param net       `lenet`, `resnet18`, …
/// @param edition   `book`, `torchvision` or `paper`
/// @param variant   a variation of the network, `book` for the usual one
/// @param backend   `simd`, `ref` or `cuda`
/// @param seed      of initialisation, shuffling and dropout
/// @param threads   CPU threads; does not change the result
/// @param precision `exact` or `fast`
/// @param fuse      whether neighbouring layers run as one operation
/// @param conv      convolution algorithm, `auto` for the modelled best
/// @param epochs    passes over the training set
/// @param batch     images per step
/// @param lr        learning rate of plain SGD
/// @param data      a folder, `synthetic`, or null for Fashion-MNIST wherever it is found
/// @param images    how many of the training images to use, and as many of the test images at most; 0 for all
/// @param options   settings of the network, see [dev.sextant.zoo.NetSettings]
/// @param start     weights to begin with
public record TrainSettings(String net, String edition, String variant, String backend, long seed, int threads,
        String precision, boolean fuse, String conv, int epochs, int batch, double lr, String data, int images,
        Map<String, String> options, Start start) {

    /// Cards of earlier versions lack the last two.
    public TrainSettings {
        options = options == null ? Map.of() : options;
        start = start == null ? Start.FROM_SEED : start;
    }

    /// The same training in another sitting: what may differ without changing what went before.
    public TrainSettings forSitting(int newThreads, int newEpochs, String newData) {
        return new TrainSettings(net, edition, variant, backend, seed, newThreads, precision, fuse, conv, newEpochs,
                batch, lr, newData, images, options, start);
    }

    /// Whether everything is there that a run card must say; one edited by hand may lack something.
    boolean isComplete() {
        return net != null && edition != null && variant != null && backend != null && precision != null && conv != null
                && threads > 0 && epochs > 0 && batch > 0 && lr > 0;
    }
}
