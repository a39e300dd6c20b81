package dev.sextant.zoo;

import static dev.sextant.nn.Layers.avgPool;
import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;
import java.util.List;

/// DenseNet (Huang, Liu, van der Maaten, Weinberger, 2016) as the book writes it, on 1×96×96: 758,226 parameters with
/// growth 32, blocks of 4 and 10 classes. Between blocks a transition halves the channels and the image.
public final class DenseNet {
    private DenseNet() {
    }

    public static Sequential book(int growth, List<Integer> blocks, int classes) {
        Sequential net = sequence(sequence(conv(64, 7).stride(2).pad(3), batchNorm(), relu(), maxPool(3, 2, 1)));
        int channels = 64;
        for (int i = 0; i < blocks.size(); i++) {
            net.add(new DenseBlock(blocks.get(i), growth));
            channels += blocks.get(i) * growth;
            if (i < blocks.size() - 1) {
                channels /= 2;
                net.add(transition(channels));
            }
        }
        return net.add(batchNorm()).add(relu()).add(globalAvgPool()).add(flatten()).add(linear(classes));
    }

    static Sequential transition(int channels) {
        return sequence(batchNorm(), relu(), conv(channels, 1), avgPool(2));
    }
}
