/// What this machine can do at most, measured: multiply-adds and memory traffic.
package dev.sextant.bench.peak;
