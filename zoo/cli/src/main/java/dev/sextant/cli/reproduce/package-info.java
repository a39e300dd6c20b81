/// The published results of the book's networks, and how a run compares with them.
package dev.sextant.cli.reproduce;
