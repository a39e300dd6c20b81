package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;

/// GoogLeNet (Szegedy et al., 2014) as the book writes it, on 1×96×96: 5,977,530 parameters with 10 classes. No batch
/// norm, no auxiliary heads, a true 5×5 branch.
public final class GoogLeNet {
    private GoogLeNet() {
    }

    public static Sequential book(int classes) {
        return sequence(
                sequence(conv(64, 7).stride(2).pad(3), relu(), maxPool(3, 2, 1)),
                sequence(conv(64, 1), relu(), conv(192, 3).pad(1), relu(), maxPool(3, 2, 1)),
                sequence(
                        new Inception(64, 96, 128, 16, 32, 32),
                        new Inception(128, 128, 192, 32, 96, 64),
                        maxPool(3, 2, 1)),
                sequence(
                        new Inception(192, 96, 208, 16, 48, 64),
                        new Inception(160, 112, 224, 24, 64, 64),
                        new Inception(128, 128, 256, 24, 64, 64),
                        new Inception(112, 144, 288, 32, 64, 64),
                        new Inception(256, 160, 320, 32, 128, 128),
                        maxPool(3, 2, 1)),
                sequence(
                        new Inception(256, 160, 320, 32, 128, 128),
                        new Inception(384, 192, 384, 48, 128, 128),
                        globalAvgPool(), flatten()),
                linear(classes));
    }
}
