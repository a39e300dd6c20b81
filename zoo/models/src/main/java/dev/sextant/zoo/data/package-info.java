/// Data sets: Fashion-MNIST from wherever it can be had ([FashionMnist]), other IDX data sets such as MNIST
/// ([IdxFolder]), and generated shapes for where there is no network ([SyntheticShapes]).
package dev.sextant.zoo.data;
