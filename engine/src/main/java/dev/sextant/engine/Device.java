package dev.sextant.engine;

import dev.sextant.engine.cpu.ref.RefBackend;
import dev.sextant.engine.cpu.simd.SimdBackend;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.spi.Backend;
import dev.sextant.engine.spi.BackendProvider;
import dev.sextant.engine.spi.BackendProvider.Probe;
import dev.sextant.engine.spi.Kernels;
import dev.sextant.engine.trace.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/// Where arrays live and which kernels compute with them: `simd` (the fast CPU path), `ref` (the readable oracle),
/// and what `ServiceLoader` finds, such as `cuda`. A device is a backend with fixed settings; arrays name theirs, and
/// one operation never mixes two.
public final class Device {
    private static final Device REF = new Device("ref", new RefBackend());

    private static final class Standard {
        // The default is fixed when it is first asked for, and never changes.
        static final Device SIMD = simd(CpuSettings.defaults());
    }

    private final String name;
    private final Backend backend;

    private Device(String name, Backend backend) {
        this.name = name;
        this.backend = backend;
    }

    /// The default device: `simd` with default settings.
    public static Device standard() {
        return Standard.SIMD;
    }

    /// The oracle: plain loops that accumulate in double precision, single-threaded; also computes float64.
    public static Device ref() {
        return REF;
    }

    /// The fast CPU path with the given settings.
    public static Device simd(CpuSettings settings) {
        return new Device("simd", new SimdBackend(settings));
    }

    /// A device for a backend of one's own.
    public static Device of(Backend backend) {
        return new Device(backend.name(), backend);
    }

    /// The device of that name. Settings of a backend's own follow a colon: `cuda:gpu-lib=cudnn,precision=tf32`.
    ///
    /// @throws DeviceException if there is none, or if it cannot run here, with the reason
    public static Device of(String name) {
        if (name.equals("simd")) {
            return standard();
        }
        if (name.equals("ref")) {
            return REF;
        }
        String[] parts = name.split(":", 2);
        List<String> known = new ArrayList<>(List.of("simd", "ref"));
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.name().equals(parts[0])) {
                return switch (provider.probe(parts.length == 1 ? Map.of() : settings(name, parts[1]))) {
                    case Probe.Available a -> new Device(parts[0], a.backend());
                    case Probe.Unavailable u -> throw new DeviceException("device %s cannot be used: %s", name,
                            u.reason());
                };
            }
            known.add(provider.name());
        }
        throw new DeviceException("there is no device '%s' here; known are %s%s", name, known,
                parts[0].equals("cuda") ? " (cuda needs the sextant-kernels module on the class path)" : "");
    }

    private static Map<String, String> settings(String name, String pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs.split(",")) {
            String[] parts = pair.split("=", 2);
            if (parts.length < 2) {
                throw new DeviceException("device %s: '%s' should be KEY=VALUE", name, pair);
            }
            settings.put(parts[0], parts[1]);
        }
        return settings;
    }

    /// The fastest device that can run here: `cuda` where a GPU answers, else the default.
    public static Device best() {
        for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
            if (provider.probe() instanceof Probe.Available a) {
                return new Device(provider.name(), a.backend());
            }
        }
        return standard();
    }

    /// `simd`, `ref`, `cuda`, …
    public String name() {
        return name;
    }

    /// The implementation behind this device.
    public Backend backend() {
        return backend;
    }

    /// The kernels to call; with a listener installed ([Trace]), wrapped so that each call is reported.
    public Kernels kernels() {
        return Trace.isOn() ? Trace.observe(this) : backend.kernels();
    }

    /// Fails unless `other` is this device.
    public void requireSame(String op, Device other) {
        if (backend != other.backend) {
            throw new DeviceException("%s: the arrays are on different devices, %s and %s; move one with x.to(device)",
                    op, this, other);
        }
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Device d && d.backend == backend;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(backend);
    }

    @Override
    public String toString() {
        return name;
    }
}
