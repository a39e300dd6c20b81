/// A network as a graph of operations: traced from one pass, and drawn.
package dev.sextant.cli.graph;
