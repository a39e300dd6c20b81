package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Network in Network (NiN)".
final class NinChapter {

    static Layer block(int channels, int kernel, int stride, int padding) {
        return sequence(
                conv(channels, kernel).stride(stride).pad(padding), relu(),
                conv(channels, 1), relu(),
                conv(channels, 1), relu());
    }

    static Layer net() {
        return sequence(
                block(96, 11, 4, 0), maxPool(3, 2, 0),
                block(256, 5, 1, 2), maxPool(3, 2, 0),
                block(384, 3, 1, 1), maxPool(3, 2, 0),
                dropout(0.5),
                block(10, 3, 1, 1),
                globalAvgPool(),
                flatten());
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 224, 128, 0.1, 10);
    }
}
