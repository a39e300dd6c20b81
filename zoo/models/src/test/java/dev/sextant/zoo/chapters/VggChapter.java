package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Networks Using Blocks (VGG)".
final class VggChapter {

    static Layer block(int convolutions, int channels) {
        Sequential block = sequence();
        for (int i = 0; i < convolutions; i++) {
            block.add(conv(channels, 3).pad(1)).add(relu());
        }
        return block.add(maxPool(2));
    }

    static Layer vgg(int[][] architecture) {
        Sequential net = sequence();
        for (int[] pair : architecture) {
            net.add(block(pair[0], pair[1]));
        }
        return net.add(sequence(flatten(),
                linear(4096), relu(), dropout(0.5),
                linear(4096), relu(), dropout(0.5),
                linear(10)));
    }

    /// The book trains a quarter of VGG-11's channels.
    static Layer net() {
        return vgg(new int[][] {{1, 16}, {1, 32}, {2, 64}, {2, 128}, {2, 128}});
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 224, 128, 0.05, 10);
    }
}
