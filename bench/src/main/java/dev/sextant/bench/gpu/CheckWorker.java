package dev.sextant.bench.gpu;

import com.google.gson.Gson;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.spi.BackendProvider.Link;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.lab.CudaDoctor;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The process that runs the checks. It says on standard output what it found out about the GPU, which check begins and
/// what it found, one line of JSON each, so that whoever started it knows what it was doing when it died.
final class CheckWorker {
    /// First word of its lines; other lines are somebody else's.
    static final String MARK = "@gpu-check ";
    /// Exit code: the device is lost, and the checks that remain need a new process.
    static final int DEVICE_LOST = 17;
    /// Exit code: there is no GPU that works.
    static final int NO_DEVICE = 18;

    /// What is there.
    ///
    /// @param device in one line; null where there is none
    /// @param facts  its size and speed
    record Chain(String device, Map<String, Long> facts, List<Link> links) {
    }

    /// A line: one of the three is present.
    ///
    /// @param begins number of the check that begins
    record Line(Chain chain, Integer begins, Check check, Finding finding) {
    }

    private CheckWorker() {
    }

    /// @param args class name of the [CheckList], `real` or `simulated`, number of the first check, a regular expression
    ///             that names must contain, and when to stop (milliseconds since 1970)
    public static void main(String[] args) throws ReflectiveOperationException {
        // Checks may print; the lines must stay whole.
        PrintStream out = System.out;
        System.setOut(System.err);
        boolean simulated = args[1].equals("simulated");
        var list = (CheckList) Class.forName(args[0]).getDeclaredConstructor().newInstance();
        Gpu gpu;
        CudaBackend device;
        try {
            gpu = new Gpu(simulated);
            device = gpu.backend(Gpu.OWN);
        } catch (SextantException e) {
            say(out, new Line(
                    new Chain(null, Map.of(), simulated ? List.of(new Link("simulator", null, "g++", e.getMessage()))
                            : CudaDoctor.links()),
                    null, null, null));
            System.exit(NO_DEVICE);
            return;
        }
        say(out, new Line(new Chain(device.describe(), device.facts(), CudaDoctor.links()), null, null, null));
        List<Check> checks = list.checks(gpu, simulated);
        Pattern only = Pattern.compile(args[3]);
        long end = Long.parseLong(args[4]);
        for (int i = Integer.parseInt(args[2]); i < checks.size(); i++) {
            Check check = checks.get(i);
            if (!only.matcher(check.section() + " " + check.device() + " " + check.name()).find()) {
                continue;
            }
            say(out, new Line(null, i, new Check(check.section(), check.device(), check.name(), null), null));
            boolean late = System.currentTimeMillis() > end;
            say(out, new Line(null, null, null, late ? tooLate(check) : check.run()));
            if (!late && !gpu.isAlive()) {
                System.exit(DEVICE_LOST);
            }
        }
        System.exit(0);
    }

    private static Finding tooLate(Check check) {
        return Finding.of(check, Finding.Outcome.SKIPPED, null, "the time was over; --minutes gives more", 0);
    }

    private static synchronized void say(PrintStream out, Line line) {
        out.println(MARK + new Gson().toJson(line));
        out.flush();
    }
}
