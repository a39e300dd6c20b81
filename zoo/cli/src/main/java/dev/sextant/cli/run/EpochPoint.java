package dev.sextant.cli.run;

import dev.sextant.nn.train.EpochResult;

/// An epoch's result and the global step at which it stood.
public record EpochPoint(long step, EpochResult result) {
}
