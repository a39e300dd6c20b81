package dev.sextant.zoo;

import static dev.sextant.nn.Layers.avgPool;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Activation;
import dev.sextant.nn.Sequential;

/// The original LeNet-5 (LeCun, Bottou, Bengio, Haffner: "Gradient-Based Learning Applied to Document Recognition",
/// 1998) on 1×32×32: scaled tanh, and a second convolution (C3) whose 16 maps read the 6 pooled ones by the paper's
/// table I. 60,806 parameters.
///
/// Departures: pooling has no parameters of its own, and the output is a linear layer instead of radial basis
/// functions.
public final class LeNet5 {
    /// Table I of the paper: the S2 maps that each C3 map reads. 60 connections, 1,516 parameters.
    static final int[][] C3 = {
        {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {4, 5, 0}, {5, 0, 1},
        {0, 1, 2, 3}, {1, 2, 3, 4}, {2, 3, 4, 5}, {3, 4, 5, 0}, {4, 5, 0, 1}, {5, 0, 1, 2},
        {0, 1, 3, 4}, {1, 2, 4, 5}, {0, 2, 3, 5},
        {0, 1, 2, 3, 4, 5}};

    private LeNet5() {
    }

    public static Sequential create(int classes) {
        return sequence(
                conv(6, 5), tanh(), avgPool(2),
                new SparseConv(C3, 5), tanh(), avgPool(2),
                flatten(),
                linear(120), tanh(),
                linear(84), tanh(),
                linear(classes));
    }

    private static Activation tanh() {
        return Activation.scaledTanh();
    }
}
