package dev.sextant.kernels.lab;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.CudaBackendProvider;
import dev.sextant.kernels.sim.SimReport;
import dev.sextant.kernels.sim.Simulator;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;

/// `gpu-lab`: runs a kernel of the ladders on the simulator and says what it did: memory sectors, bank conflicts,
/// multiply-adds, races, how much fits on a device. Needs g++, no GPU. Every line says that it is simulated.
///
///     GpuLab sgemm_k1 --shape 64x64x32 --thread 0,0,5,0
///     GpuLab sgemm                                          all rungs side by side
public final class GpuLab {
    private final PrintStream out;
    private final Simulator simulator;
    private final Device device;

    /// Starts the simulator in this JVM, which must not have used a GPU before.
    ///
    /// @throws DeviceException without g++, or when the device does not come up
    public GpuLab(PrintStream out) {
        this.out = out;
        Simulator.requireCompiler("gpu-lab");
        this.simulator = Simulator.start(Simulator.usualFolder());
        this.device = switch (new CudaBackendProvider().probe()) {
            case Probe.Available a -> Device.of(a.backend());
            case Probe.Unavailable u -> throw new DeviceException("gpu-lab: %s", u.reason());
        };
        if (!device.backend().describe().contains("simulated")) {
            throw new DeviceException("gpu-lab: this process uses %s; the lab needs a process of its own",
                    device.backend().describe());
        }
    }

    /// Names that [#run] takes: the ladders (`sgemm`, `conv`, `conv_backward_data`, `conv_backward_filter`), and every rung.
    public static List<String> names() {
        List<LabKernel> all = LabKernel.all();
        return Stream.concat(all.stream().map(LabKernel::ladder).distinct(), all.stream().map(LabKernel::name))
                .toList();
    }

    /// Runs one kernel, or a ladder side by side.
    ///
    /// @param shape  `MxNxK` for products, `NxCxHxWxKxR[xSTRIDE[xPAD]]` for convolutions; null for the usual one
    /// @param thread `bx,by,tx,ty` of one thread whose loads, stores and multiply-adds are listed; or null
    public void run(String name, String shape, String thread) {
        List<LabKernel> chosen = LabKernel.all().stream()
                .filter(k -> k.name().equals(name) || k.ladder().equals(name)).toList();
        if (chosen.isEmpty()) {
            throw new SextantException("gpu-lab: there is no kernel '%s'; known are %s", name, names());
        }
        if (chosen.size() > 1 && thread != null) {
            throw new SextantException("gpu-lab: a thread is followed in one kernel, not in all of '%s'; known are %s",
                    name, names());
        }
        if (chosen.size() > 1) {
            out.println("simulated  " + LabTable.HEADER);
        }
        for (LabKernel kernel : chosen) {
            int[] extents = kernel.shape(shape);
            if (chosen.size() > 1 && !kernel.supports(extents)) {
                out.println("simulated  " + kernel.name() + " does not compute this geometry");
                continue;
            }
            kernel.check(extents);
            NDArray result = traced(kernel, extents, thread);
            SimReport report = simulator.report();
            double error = result == null ? Double.NaN : difference(kernel.run(Device.ref(), extents), result);
            if (chosen.size() > 1) {
                LabTable.rows(kernel, report, error).forEach(row -> out.println("simulated  " + row));
                report.texts().forEach(text -> out.println("simulated  FOUND " + text));
            } else {
                new LabPage(simulator.libraries(), report).lines(kernel, extents, thread, error)
                        .forEach(line -> out.println("simulated  " + line));
            }
        }
    }

    /// The result, or null if the device refused to go on; the findings say why.
    private NDArray traced(LabKernel kernel, int[] extents, String thread) {
        ((CudaBackend) device.backend()).cacheMemory(false);
        simulator.set("trace", "1");
        simulator.set("block", thread == null ? "" : part(thread, 0));
        simulator.set("thread", thread == null ? "" : part(thread, 2));
        simulator.reset();
        try {
            NDArray result = kernel.run(device, extents);
            device.backend().synchronize();
            return result;
        } catch (DeviceException e) {
            return null;
        }
    }

    private static double difference(NDArray expected, NDArray actual) {
        float[] e = expected.toFloats();
        float[] a = actual.toFloats();
        double largest = 0;
        double worst = 0;
        for (int i = 0; i < e.length; i++) {
            largest = Math.max(largest, Math.abs(e[i]));
            worst = Math.max(worst, Math.abs((double) e[i] - a[i]));
        }
        return worst == 0 ? 0 : worst / largest;
    }

    private static String part(String thread, int first) {
        String[] p = thread.split(",");
        if (!thread.matches("\\d+,\\d+,\\d+,\\d+")) {
            throw new SextantException("gpu-lab: a thread is bx,by,tx,ty, for example 0,0,5,0; '%s' is not", thread);
        }
        return p[first] + "," + p[first + 1];
    }

    /// Runs from the command line: `NAME [--shape S] [--thread bx,by,tx,ty]`; or `--install`, which builds the simulator
    /// and the doubles of NVIDIA's libraries and prints the folder that `-Dsextant.gpu.libdir` takes. Exit code 2 on a
    /// wrong argument or a missing compiler, in one line.
    public static void main(String[] args) {
        if (args.length == 0 || args[0].equals("--help")) {
            System.out.println("gpu-lab NAME [--shape S] [--thread bx,by,tx,ty]   NAME is one of " + names());
            return;
        }
        try {
            if (args[0].equals("--install")) {
                Simulator.requireCompiler("gpu-lab");
                System.out.println(Simulator.install(Simulator.usualFolder()));
                return;
            }
            String shape = null;
            String thread = null;
            for (int i = 1; i < args.length; i += 2) {
                String value = i + 1 < args.length ? args[i + 1] : null;
                switch (value == null ? "" : args[i]) {
                    case "--shape" -> shape = value;
                    case "--thread" -> thread = value;
                    default -> throw new SextantException("gpu-lab: %s is not known or has no value; known are "
                            + "--shape S and --thread bx,by,tx,ty", args[i]);
                }
            }
            new GpuLab(System.out).run(args[0], shape, thread);
        } catch (SextantException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
