package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.nn.Sequential;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Densely Connected Networks (DenseNet)".
final class DenseNetChapter {

    /// Every layer's output is joined to what it read.
    static Layer denseBlock(int layers, int growth) {
        Sequential block = sequence();
        for (int i = 0; i < layers; i++) {
            block.add(concat(identity(), sequence(batchNorm(), relu(), conv(growth, 3).pad(1))));
        }
        return block;
    }

    static Layer transition(int channels) {
        return sequence(batchNorm(), relu(), conv(channels, 1), avgPool(2));
    }

    static Layer net() {
        Sequential net = sequence(sequence(conv(64, 7).stride(2).pad(3), batchNorm(), relu(), maxPool(3, 2, 1)));
        int channels = 64;
        int growth = 32;
        int[] blocks = {4, 4, 4, 4};
        for (int i = 0; i < blocks.length; i++) {
            net.add(denseBlock(blocks[i], growth));
            channels += blocks[i] * growth;
            if (i < blocks.length - 1) {
                channels /= 2;
                net.add(transition(channels));
            }
        }
        return net.add(batchNorm()).add(relu()).add(globalAvgPool()).add(flatten()).add(linear(10));
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 96, 256, 0.1, 10);
    }
}
