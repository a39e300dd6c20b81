package dev.sextant.contract;

import dev.sextant.engine.Device;

/// The oracle and the pullbacks against the reference data.
class RefGoldenTest implements GoldenOpContract, GoldenOptimizerContract {
    @Override
    public Device device() {
        return Device.ref();
    }
}
