/// The networks as torchvision has them, on 3×224×224 with 1000 classes: names of layers and parameters are
/// torchvision's, so that its weights load by name.
package dev.sextant.zoo.torchvision;
