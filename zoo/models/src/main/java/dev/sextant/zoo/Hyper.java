package dev.sextant.zoo;

/// The settings a network is trained with by default: plain SGD at a constant rate, as the book does.
///
/// @param batch  images per step
/// @param lr     learning rate
/// @param epochs passes over the training set
public record Hyper(int batch, double lr, int epochs) {
}
