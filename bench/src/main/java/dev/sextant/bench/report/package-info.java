/// `bench report`: a page from JMH's JSON, and the comparison of two runs.
package dev.sextant.bench.report;
