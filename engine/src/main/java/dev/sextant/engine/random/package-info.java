/// Counter-based random numbers: a number is a pure function of (seed, stream, index), the same on every device.
package dev.sextant.engine.random;
