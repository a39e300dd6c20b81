/// The command line: what `./sextant` runs.
package dev.sextant.cli;
