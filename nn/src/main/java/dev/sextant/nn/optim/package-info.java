/// Optimizers and learning-rate schedules.
package dev.sextant.nn.optim;
