package dev.sextant.contract;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.Device;

/// The convolution with its patches written down keeps the contract.
class SimdIm2colTest implements ConvContract {
    @Override
    public Device device() {
        return Device.simd(CpuSettings.defaults().withThreads(3).withPrecision(Precision.EXACT).withConv("im2col"));
    }
}
