package dev.sextant.cli;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// On which device a command computes.
final class DeviceOptions {
    @Option(names = "--backend", paramLabel = "NAME", defaultValue = "simd", description = "simd (default), ref or cuda; settings of cuda follow a colon: cuda:precision=tf32,forward=winograd.")
    private String backend;

    @Option(names = "--gpu-lib", paramLabel = "NAME", description = "With --backend cuda: own kernels (default) or cudnn.")
    private String gpuLibrary;

    @Option(names = "--threads", paramLabel = "N", description = "CPU threads (default: all processors); does not change the result.")
    private Integer threads;

    private int threads(CommandSpec command) {
        int most = 256;
        return Wrong.within(command, "--threads",
                threads == null ? CpuSettings.defaults().threads() : threads, 1, most);
    }

    Device device(CommandSpec command) {
        return Devices.of(Devices.name(command, backend, gpuLibrary), threads(command), "fast", "auto");
    }

    String describe(CommandSpec command) {
        return Devices.describe(Devices.name(command, backend, gpuLibrary), threads(command));
    }
}
