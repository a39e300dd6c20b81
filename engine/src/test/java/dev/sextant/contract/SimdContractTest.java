package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.CpuSettings.Precision;
import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.LinearSpec;
import dev.sextant.engine.spi.Write;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The fast path keeps every contract, with one thread and with more threads than processors.
class SimdContractTest {
    private static final Device ONE = Device.simd(CpuSettings.defaults().withThreads(1).withPrecision(Precision.EXACT));
    private static final Device FOUR = Device.simd(CpuSettings.defaults().withThreads(4));

    @Nested
    class Conv implements ConvContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class ConvFourThreads implements ConvContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Gemm implements GemmContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class GemmFourThreads implements GemmContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Pool implements PoolContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class PoolFourThreads implements PoolContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    @Nested
    class Fused implements FusedContract {
        @Override
        public Device device() {
            return ONE;
        }
    }

    @Nested
    class FusedFourThreads implements FusedContract {
        @Override
        public Device device() {
            return FOUR;
        }
    }

    /// A linear layer with so many weights that the gradient of its data reads them in place.
    @Test
    void manyWeightsInPlace() {
        for (Device device : List.of(ONE, FOUR)) {
            for (Form form : Form.values()) {
                for (Write write : Write.values()) {
                    var rig = new Rig(device, 41);
                    Twin w = rig.numbers(Shape.of(528, 512), Form.DENSE);
                    Twin dz = rig.numbers(Shape.of(7, 528), form);
                    Twin dx = rig.gradient(rig.numbers(Shape.of(7, 512), form), write);
                    rig.ref().linearBackwardData(LinearSpec.PLAIN, dz.ref(), w.ref(), Rig.ref(dx, write));
                    rig.mine().linearBackwardData(LinearSpec.PLAIN, dz.mine(), w.mine(), Rig.mine(dx, write));
                    rig.close("linearBackwardData " + write + " of a " + form + " dz", dx);
                }
            }
        }
    }
}
