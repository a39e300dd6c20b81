package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.contract.ConvContract;
import dev.sextant.contract.GemmContract;
import dev.sextant.contract.NormContract;
import dev.sextant.contract.PointwiseContract;
import dev.sextant.contract.PoolContract;
import dev.sextant.contract.ReduceContract;
import dev.sextant.engine.Device;
import dev.sextant.kernels.settings.GpuSettings;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/// The contracts of the CPU backends, kept by cuBLAS and cuDNN as the doubles understand their documentation.
@OnSimulator
class LibraryContractTest {

    @AfterEach
    void nothingWasFound() {
        var simulator = SimulatedDevice.simulator();
        assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    @Nested
    class Conv implements ConvContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }

    @Nested
    class Gemm implements GemmContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }

    @Nested
    class Pool implements PoolContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }

    @Nested
    class Norm implements NormContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }

    @Nested
    class Pointwise implements PointwiseContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }

    @Nested
    class Reduce implements ReduceContract {
        @Override
        public Device device() {
            return LibraryDoubles.opened(GpuSettings.LIBRARIES);
        }
    }
}
