/// JMH benchmarks. Every one checks its result against the oracle `ref` in its set-up, once per trial, and reports its
/// rate and the share of the machine's limit, which the set-up measures too.
package dev.sextant.bench.jmh;
