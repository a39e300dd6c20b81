package dev.sextant.kernels.library;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.Device;
import dev.sextant.engine.spi.Backend;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/// The device `cuda` with one line of this module's Java changed: compiled apart, and loaded with classes of its own
/// beside the shipped ones.
final class Mutant {
    private static final Path MODULE = Path.of(System.getProperty("kernels.basedir"));

    private Mutant() {
    }

    /// @param file     below `dev/sextant/kernels`
    /// @param settings as [dev.sextant.kernels.settings.GpuSettings#of] takes them
    static Device device(Path folder, String file, String from, String to, Map<String, String> settings)
            throws IOException, ReflectiveOperationException {
        Path source = Path.of("dev/sextant/kernels", file);
        String original = Files.readString(MODULE.resolve("src/main/java").resolve(source));
        assertTrue(original.contains(from), file + " no longer contains: " + from);
        Path changed = folder.resolve("source").resolve(source);
        Files.createDirectories(changed.getParent());
        Files.writeString(changed, original.replace(from, to));
        Path classes = Files.createDirectories(folder.resolve("classes"));
        Path shipped = MODULE.resolve("target/classes");
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-nowarn", "-d",
                classes.toString(), "-classpath", shipped + ":" + System.getProperty("java.class.path"),
                changed.toString());
        assertTrue(status == 0, file + " with the mistake does not compile");
        var loader = new ChildFirst(List.of(classes, shipped));
        Object parsed = loader.loadClass("dev.sextant.kernels.settings.GpuSettings").getMethod("of", Map.class)
                .invoke(null, settings);
        var type = loader.loadClass("dev.sextant.kernels.CudaBackend");
        Object backend = LibraryDoubles.where(() -> type.getMethod("open", parsed.getClass()).invoke(null, parsed));
        // Every array is then a block of its own, so that no step over an end is missed.
        type.getMethod("cacheMemory", boolean.class).invoke(backend, false);
        return Device.of((Backend) backend);
    }

    /// Prefers its own copy of the module's classes; everything else is shared.
    private static final class ChildFirst extends URLClassLoader {
        ChildFirst(List<Path> folders) throws IOException {
            super(new URL[] {folders.get(0).toUri().toURL(), folders.get(1).toUri().toURL()},
                    Mutant.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> own = findLoadedClass(name);
                if (own == null && name.startsWith("dev.sextant.kernels.")) {
                    try {
                        own = findClass(name);
                    } catch (ClassNotFoundException e) {
                        return super.loadClass(name, resolve);
                    }
                }
                return own == null ? super.loadClass(name, resolve) : own;
            }
        }
    }
}
