package dev.sextant.kernels.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the simulator found and counted. All numbers are simulated.
///
/// @param findings number of defects by kind: `race`, `out-of-bounds`, `uninitialised`, `barrier`, …
/// @param texts    the first few, in words
/// @param sites    memory instructions of the traced kernels
/// @param launches launches by kernel, traced or not
/// @param grids    grid and block of the last launch, by kernel
/// @param fmas     fused multiply-adds by kernel, over all threads
/// @param steps    what the chosen thread did: `load|store space bytes kernel+offset values`
public record SimReport(Map<String, Long> findings, List<String> texts, List<Site> sites, Map<String, Long> launches,
        Map<String, Grid> grids, Map<String, Long> fmas, List<String> steps) {

    /// How a kernel was launched: blocks along three axes, and threads per block.
    public record Grid(int x, int y, int z, int threads) {
        /// Blocks in all.
        public long blocks() {
            return (long) x * y * z;
        }
    }

    /// One memory instruction of a kernel, added up over all warps.
    ///
    /// @param offset          of the instruction in the kernel's library
    /// @param bytesPerLane    width of the access
    /// @param requests        times that a warp executed it
    /// @param sectors         32-byte sectors of global memory that it touched
    /// @param idealSectors    what the same data would need when dense and aligned
    /// @param wavefronts      passes over the banks of shared memory
    /// @param idealWavefronts the same without bank conflicts
    public record Site(String kernel, long offset, boolean store, boolean shared, int bytesPerLane, long requests,
            long sectors, long idealSectors, long wavefronts, long idealWavefronts, long bytes) {
    }

    static SimReport parse(String lines) {
        var report = new SimReport(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(),
                new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        lines.lines().map(line -> line.split("\t", -1)).forEach(report::add);
        return report;
    }

    private void add(String[] f) {
        switch (f[0]) {
            case "finding" -> findings.put(f[1], Long.parseLong(f[2]));
            case "text" -> texts.add(f[1] + ": " + f[2]);
            case "launch" -> {
                launches.put(f[1], Long.parseLong(f[2]));
                fmas.put(f[1], Long.parseLong(f[3]));
                grids.put(f[1], new Grid(Integer.parseInt(f[4]), Integer.parseInt(f[5]), Integer.parseInt(f[6]),
                        Integer.parseInt(f[7])));
            }
            case "site" -> sites.add(new Site(f[1], Long.decode(f[2]), f[3].equals("store"), f[4].equals("shared"),
                    Integer.parseInt(f[5]), Long.parseLong(f[6]), Long.parseLong(f[7]), Long.parseLong(f[8]),
                    Long.parseLong(f[9]), Long.parseLong(f[10]), Long.parseLong(f[11])));
            case "step" -> steps.add(String.join(" ", f).substring(5));
            default -> throw new IllegalArgumentException("unknown line of the simulator: " + String.join(" ", f));
        }
    }

    /// Sectors per request of global loads or stores of one kernel; 4 is ideal for 4 bytes per lane.
    public double sectorsPerRequest(String kernel, boolean store) {
        var some = sites.stream().filter(s -> s.kernel.equals(kernel) && !s.shared && s.store == store).toList();
        return (double) some.stream().mapToLong(Site::sectors).sum() / some.stream().mapToLong(Site::requests).sum();
    }

    /// Passes over shared memory beyond what is needed, in one kernel.
    public long bankConflicts(String kernel) {
        return sites.stream().filter(s -> s.kernel.equals(kernel) && s.shared)
                .mapToLong(s -> s.wavefronts - s.idealWavefronts).sum();
    }
}
