package dev.sextant.zoo.data;

import dev.sextant.nn.data.Dataset;

/// A data set in its two parts.
///
/// @param name   `fashion-mnist`, `cifar-10`, `synthetic`, …
/// @param train  to learn from
/// @param test   to measure with
/// @param sha256 hash (hexadecimal) of the whole content, or for image files of their names and sizes; identifies the
///               data in a run card
/// @param origin where it came from, for people
public record TrainTest(String name, Dataset train, Dataset test, String sha256, String origin) {
}
