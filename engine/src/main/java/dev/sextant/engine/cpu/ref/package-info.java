/// The oracle: plain loops that read like the formulas and accumulate in double precision. Slow on purpose; every
/// other backend is proved against it, and it is the first rung of every kernel ladder.
package dev.sextant.engine.cpu.ref;
