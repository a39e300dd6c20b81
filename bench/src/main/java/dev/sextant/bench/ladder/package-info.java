/// `bench ladder`: the same product and the same convolution computed in every way from the formula to the fast path.
package dev.sextant.bench.ladder;
