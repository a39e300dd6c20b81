package dev.sextant.kernels.driver;

import dev.sextant.engine.trace.Place;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/// Who holds device memory, for the message that it ran out.
final class Holders {
    private static final int NAMED = 5;

    private Holders() {
    }

    static String name(Place place) {
        return place == null ? "no layer" : place.path();
    }

    /// The places that hold most, for example `features.0 (4194304 bytes in 2 arrays), no layer (512 bytes in 1 array)`.
    static String of(Collection<DeviceMemory.Lease> leases) {
        Map<String, long[]> sums = new LinkedHashMap<>(); // bytes, arrays
        for (var lease : leases) {
            long[] sum = sums.computeIfAbsent(name(lease.place()), n -> new long[2]);
            sum[0] += lease.bytes();
            sum[1]++;
        }
        var largest = sums.entrySet().stream().sorted((a, b) -> Long.compare(b.getValue()[0], a.getValue()[0]))
                .toList();
        var text = new StringBuilder();
        for (var holder : largest.subList(0, Math.min(NAMED, largest.size()))) {
            text.append(text.isEmpty() ? "" : ", ").append("%s (%d bytes in %d array%s)".formatted(holder.getKey(),
                    holder.getValue()[0], holder.getValue()[1], holder.getValue()[1] == 1 ? "" : "s"));
        }
        return text.isEmpty() ? "nothing" : text + (largest.size() > NAMED ? " and others" : "");
    }
}
