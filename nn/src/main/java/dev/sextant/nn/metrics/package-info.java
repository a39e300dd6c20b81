/// Measures of how right a classifier is.
package dev.sextant.nn.metrics;
