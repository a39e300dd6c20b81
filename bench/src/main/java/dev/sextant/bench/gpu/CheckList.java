package dev.sextant.bench.gpu;

import dev.sextant.bench.BookNet;
import java.util.ArrayList;
import java.util.List;

/// What is checked, in order: first whether results are right, then how fast they come.
interface CheckList {
    /// The checks; always the same for the same arguments, because processes refer to them by number.
    List<Check> checks(Gpu gpu, boolean simulated);

    /// All of them on a GPU; on the simulator, which is ten thousand times slower, a sample of each kind.
    final class Standard implements CheckList {
        private static final int CASES_ON_SIMULATOR = 4;
        private static final int STEPS = 20;

        @Override
        public List<Check> checks(Gpu gpu, boolean simulated) {
            List<Check> checks = new ArrayList<>();
            var contracts = new ContractChecks(gpu, simulated ? CASES_ON_SIMULATOR : Integer.MAX_VALUE);
            checks.addAll(contracts.on(Gpu.OWN));
            checks.addAll(contracts.on(Gpu.CUDNN));
            if (simulated) {
                checks.addAll(new SgemmChecks(gpu).all());
                checks.addAll(new ConvChecks(gpu, ConvChecks.SMALL, false).all());
                checks.addAll(new NetworkChecks(gpu, 2, 3).training(BookNet.LENET));
            } else {
                var networks = new NetworkChecks(gpu, 8, STEPS);
                checks.addAll(new SgemmChecks(gpu, 1024, 2048, 4096).all());
                checks.addAll(networks.training(BookNet.values()));
                checks.addAll(new ConvChecks(gpu, ConvChecks.TIMED, true).all());
                checks.addAll(networks.throughput(BookNet.values()));
            }
            return checks;
        }
    }
}
