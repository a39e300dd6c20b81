/// How much memory and time a training will take, from shapes alone.
package dev.sextant.cli.plan;
