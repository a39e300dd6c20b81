package dev.sextant.kernels;

import dev.sextant.contract.GoldenOpContract;
import dev.sextant.contract.GoldenOptimizerContract;
import dev.sextant.engine.Device;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The reference data, computed on the simulator: every operation as it is taken by default, and products and
/// convolutions by every float32 rung of their ladders.
@OnSimulator
class GoldenOnSimulatorTest implements GoldenOpContract, GoldenOptimizerContract {

    @Override
    public Device device() {
        return SimulatedDevice.opened();
    }

    private CudaBackend backend() {
        return (CudaBackend) device().backend();
    }

    @BeforeEach
    void open() {
        SimulatedDevice.fresh();
    }

    @AfterEach
    void nothingWasFound() {
        backend().useSgemm(null);
        backend().useConvolution(null);
        var simulator = SimulatedDevice.simulator();
        Assertions.assertEquals(0, simulator.findings(), () -> simulator.report().texts().toString());
    }

    @TestFactory
    Stream<DynamicTest> productsOnEveryRung() {
        return Arrays.stream(SgemmRung.values()).filter(SgemmRung::isFloat32)
                .flatMap(rung -> cases("(matmul|linear).*", rung, () -> backend().useSgemm(rung)));
    }

    @TestFactory
    Stream<DynamicTest> convolutionsOnEveryRung() {
        return Arrays.stream(ConvAlgorithm.values())
                .flatMap(rung -> cases("conv2d.*", rung, () -> backend().useConvolution(rung)));
    }

    private Stream<DynamicTest> cases(String files, Enum<?> rung, Runnable choose) {
        return goldenOps().filter(test -> test.getDisplayName().matches(files))
                .map(test -> DynamicTest.dynamicTest(rung + " " + test.getDisplayName(), () -> {
                    choose.run();
                    test.getExecutable().execute();
                }));
    }
}
