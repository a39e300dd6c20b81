package dev.sextant.zoo.data;

import dev.sextant.nn.data.ImageDataset;

/// A data set in its two parts.
///
/// @param name   `fashion-mnist`, `synthetic`, …
/// @param train  to learn from
/// @param test   to measure with
/// @param sha256 hash of the whole content (hexadecimal), which identifies the data in a run card
/// @param origin where it came from, for people
public record TrainTest(String name, ImageDataset train, ImageDataset test, String sha256, String origin) {
}
