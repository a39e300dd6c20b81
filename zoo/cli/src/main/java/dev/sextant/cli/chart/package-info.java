/// The training curve, as SVG and PNG.
package dev.sextant.cli.chart;
