package dev.sextant.cli;

import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.Device;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.spi.BackendProvider;
import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.zoo.data.DataEnvironment;
import dev.sextant.zoo.data.FashionMnist;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;

/// `sextant doctor`: what this machine offers, and what is missing for more speed. Changes nothing and fetches nothing.
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Shows what this machine offers: JDK, vector unit, memory, backends, data set.")
final class DoctorCommand implements Runnable {
    private final Console console;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        Map<String, String> findings = new LinkedHashMap<>();
        findings.put("sextant", Version.number() + (Version.commit() == null ? "" : " (" + Version.commit() + ")"));
        findings.put("JDK", Machine.jdk());
        findings.put("machine", Machine.cpu() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch"));
        findings.put("vector module", vectors());
        findings.put("threads", Runtime.getRuntime().availableProcessors() + " processors");
        findings.put("memory", memory());
        findings.put("huge pages", hugePages());
        findings.put("backend simd", simd());
        findings.put("backend ref", "available: the readable oracle, one thread, for checking");
        backends(findings);
        findings.put("data set", data());
        findings.forEach((what, text) -> console.out().println(String.format(Locale.ROOT, "%-14s %s", what, text)));
        console.out().flush();
    }

    private static String vectors() {
        if (!Machine.hasVectorModule()) {
            return "missing: plain loops run several times slower; start with ./sextant, or add "
                    + "--add-modules=jdk.incubator.vector";
        }
        String bytes = Machine.vmOption("MaxVectorSize");
        return "present" + (bytes == null ? ""
                : ", " + Integer.parseInt(bytes) / Float.BYTES + " float lanes ("
                        + Integer.parseInt(bytes) * 8 + " bits)");
    }

    private static String memory() {
        String total = Machine.lineOf(Path.of("/proc/meminfo"), "MemTotal");
        return (total == null ? ""
                : total.replaceAll("\\D", "").length() > 3
                        ? Long.parseLong(total.replaceAll("\\D", "")) / 1024 + " MB, "
                        : "")
                + "of which the heap may take " + (Runtime.getRuntime().maxMemory() >> 20) + " MB";
    }

    private static String hugePages() {
        String kernel = Machine.hugePages();
        boolean asked = "true".equals(Machine.vmOption("UseTransparentHugePages"));
        if (kernel == null) {
            return "not known to this system";
        }
        return switch (kernel) {
            case "always" -> "on";
            case "madvise" -> asked ? "on (madvise)" : "off: the JVM was not asked; add -XX:+UseTransparentHugePages";
            default -> "off in the kernel (" + kernel + "); to allow them: "
                    + "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, as root";
        };
    }

    private static String simd() {
        try {
            return "available: " + Device.simd(CpuSettings.defaults()).backend().describe();
        } catch (SextantException e) {
            return "unavailable: " + e.getMessage();
        }
    }

    private static void backends(Map<String, String> findings) {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            findings.put("backend " + provider.name(), switch (provider.probe()) {
                case Probe.Available a -> "available: " + a.backend().describe();
                case Probe.Unavailable u -> "unavailable: " + u.reason();
            });
            provider.links().forEach(link -> findings.put("  " + link.name(), link.describe()));
        }
        findings.putIfAbsent("backend cuda", "unavailable: the sextant-kernels module is not on the class path");
    }

    /// Looks where no fetching is needed: apt and the network are replaced by ones that are never there.
    private static String data() {
        Map<String, String> variables = new LinkedHashMap<>(System.getenv());
        variables.keySet().removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
        DataEnvironment real = DataEnvironment.system(line -> {
        });
        var local = new DataEnvironment(variables, real.packageFolder(), (folder, limit, command) -> {
            throw new IOException("doctor fetches nothing");
        }, URI.create("http://127.0.0.1:9/"), line -> {
        });
        try {
            var found = FashionMnist.load(Optional.empty(), local);
            return found.name() + " in " + found.origin() + ", SHA-256 as it should be";
        } catch (SextantException e) {
            return "Fashion-MNIST is not on this machine; 'train' fetches it (apt, then HTTP), or use --data DIR, "
                    + "or --data synthetic";
        }
    }
}
