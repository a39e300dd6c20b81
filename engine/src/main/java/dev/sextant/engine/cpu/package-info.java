/// What the CPU backends share: storage in Java arrays, the pool behind scopes, the threads.
package dev.sextant.engine.cpu;
