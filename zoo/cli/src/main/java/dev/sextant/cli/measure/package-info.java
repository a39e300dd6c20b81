/// How long layers and networks take.
package dev.sextant.cli.measure;
