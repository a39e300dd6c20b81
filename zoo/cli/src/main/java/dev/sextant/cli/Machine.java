package dev.sextant.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the program runs on, for the run card and `doctor`.
public final class Machine {
    private Machine() {
    }

    /// Software and hardware by name, in the order to show them.
    public static Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("sextant", Version.number());
        facts.put("commit", Version.commit());
        facts.put("jdk", jdk());
        facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch"));
        facts.put("cpu", cpu());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("maxHeapMegabytes", Runtime.getRuntime().maxMemory() >> 20);
        facts.put("vectorModule", hasVectorModule());
        facts.put("vectorBytes", vmOption("MaxVectorSize"));
        return facts;
    }

    static String jdk() {
        return System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + " ("
                + System.getProperty("java.vendor") + ")";
    }

    static String cpu() {
        String model = lineOf(Path.of("/proc/cpuinfo"), "model name");
        return model == null ? System.getProperty("os.arch") : model;
    }

    static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /// A flag of the JVM; null where it has none of that name.
    static String vmOption(String name) {
        try {
            return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption(name).getValue();
        } catch (IllegalArgumentException | NullPointerException e) {
            return null;
        }
    }

    /// What follows the colon in the first line of a file that starts with a key; null where there is none.
    static String lineOf(Path file, String key) {
        try (var lines = Files.lines(file)) {
            return lines.filter(l -> l.startsWith(key) && l.contains(":")).findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).strip()).orElse(null);
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
    }

    /// The kernel's setting for transparent huge pages: `always`, `madvise` or `never`; null where it has none.
    static String hugePages() {
        try {
            String all = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
            return all.contains("[") ? all.substring(all.indexOf('[') + 1, all.indexOf(']')) : all.strip();
        } catch (IOException e) {
            return null;
        }
    }
}
