package dev.sextant.kernels.lab;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.kernels.ptx.PtxText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Registers and shared memory of every kernel: the most that NVIDIA's assembler takes on any supported architecture.
/// Written and checked by the build where the assembler is present.
final class Budgets {
    /// @param registers   per thread
    /// @param sharedBytes per block
    record Budget(int registers, int sharedBytes) {
    }

    private Budgets() {
    }

    static Map<String, Budget> read() {
        try (var in = PtxText.class.getResourceAsStream("budgets.tsv")) {
            Map<String, Budget> budgets = new HashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(l -> !l.startsWith("#"))
                    .map(l -> l.split("\t"))
                    .forEach(f -> budgets.put(f[0], new Budget(Integer.parseInt(f[1]), Integer.parseInt(f[2]))));
            return budgets;
        } catch (IOException e) {
            throw new DeviceException(e, "gpu-lab: the kernels' budgets cannot be read from the jar");
        }
    }
}
