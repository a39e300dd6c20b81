package dev.sextant.zoo.chapters;

import static dev.sextant.nn.Layers.*;

import dev.sextant.nn.Layer;
import dev.sextant.zoo.data.FashionMnist;
import java.util.Optional;

/// "Networks with Parallel Concatenations (GoogLeNet)".
final class GoogLeNetChapter {

    static Layer inception(int c1, int[] c2, int[] c3, int c4) {
        return concat(
                sequence(conv(c1, 1), relu()),
                sequence(conv(c2[0], 1), relu(), conv(c2[1], 3).pad(1), relu()),
                sequence(conv(c3[0], 1), relu(), conv(c3[1], 5).pad(2), relu()),
                sequence(maxPool(3, 1, 1), conv(c4, 1), relu()));
    }

    private static int[] pair(int reduced, int out) {
        return new int[] {reduced, out};
    }

    static Layer net() {
        var b1 = sequence(conv(64, 7).stride(2).pad(3), relu(), maxPool(3, 2, 1));
        var b2 = sequence(conv(64, 1), relu(), conv(192, 3).pad(1), relu(), maxPool(3, 2, 1));
        var b3 = sequence(
                inception(64, pair(96, 128), pair(16, 32), 32),
                inception(128, pair(128, 192), pair(32, 96), 64),
                maxPool(3, 2, 1));
        var b4 = sequence(
                inception(192, pair(96, 208), pair(16, 48), 64),
                inception(160, pair(112, 224), pair(24, 64), 64),
                inception(128, pair(128, 256), pair(24, 64), 64),
                inception(112, pair(144, 288), pair(32, 64), 64),
                inception(256, pair(160, 320), pair(32, 128), 128),
                maxPool(3, 2, 1));
        var b5 = sequence(
                inception(256, pair(160, 320), pair(32, 128), 128),
                inception(384, pair(192, 384), pair(48, 128), 128),
                globalAvgPool(), flatten());
        return sequence(b1, b2, b3, b4, b5, linear(10));
    }

    public static void main(String[] args) {
        LeNetChapter.train(net(), FashionMnist.load(Optional.empty()), 96, 128, 0.1, 10);
    }
}
