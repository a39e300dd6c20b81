/// Progress for people, on standard error.
package dev.sextant.cli.progress;
