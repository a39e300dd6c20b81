package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Deep Convolutional Neural Networks (AlexNet)".
final class AlexNetChapter {

    static Layer net() {
        return sequence(
                conv(96, 11).stride(4).pad(1), relu(), maxPool(3, 2, 0),
                conv(256, 5).pad(2), relu(), maxPool(3, 2, 0),
                conv(384, 3).pad(1), relu(),
                conv(384, 3).pad(1), relu(),
                conv(256, 3).pad(1), relu(), maxPool(3, 2, 0),
                flatten(),
                linear(4096), relu(), dropout(0.5),
                linear(4096), relu(), dropout(0.5),
                linear(10));
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 224, 128, 0.01, 10);
    }
}
