/// Measuring Sextant: the `./sextant bench` commands, JMH benchmarks, and what they share.
package dev.sextant.bench;
