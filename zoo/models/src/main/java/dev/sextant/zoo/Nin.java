package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.globalAvgPool;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;

/// Network in Network (Lin, Chen, Yan, 2013) as the book writes it, on 1×224×224: every convolution is followed by
/// two 1×1 ones, and global average pooling replaces the linear layers. 1,992,166 parameters with 10 classes.
public final class Nin {
    private Nin() {
    }

    public static Sequential book(int classes) {
        return sequence(
                block(96, 11, 4, 0), maxPool(3, 2, 0),
                block(256, 5, 1, 2), maxPool(3, 2, 0),
                block(384, 3, 1, 1), maxPool(3, 2, 0),
                dropout(0.5),
                block(classes, 3, 1, 1),
                globalAvgPool(), flatten());
    }

    private static Sequential block(int channels, int kernel, int stride, int pad) {
        return sequence(
                conv(channels, kernel).stride(stride).pad(pad), relu(),
                conv(channels, 1), relu(),
                conv(channels, 1), relu());
    }
}
