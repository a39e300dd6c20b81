package dev.sextant.kernels.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.trace.Place;
import dev.sextant.kernels.sim.OnSimulator;
import dev.sextant.kernels.sim.SimulatedDevice;
import dev.sextant.kernels.sim.Simulator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The caching allocator: blocks are cut, joined and reused, and its refusal says who holds what.
@OnSimulator
class DeviceMemoryTest {
    private static final long MIB = 1L << 20;

    private Simulator simulator;
    private DeviceMemory memory;

    @BeforeEach
    void open() {
        SimulatedDevice.fresh();
        simulator = SimulatedDevice.simulator();
        memory = new DeviceMemory(new CudaContext(0));
    }

    @AfterEach
    void giveBack() {
        SimulatedDevice.fresh();
        memory.release();
    }

    private DeviceMemory.Lease take(long bytes) {
        return memory.allocate(bytes, this);
    }

    @Test
    void smallBlocksShareASegment() {
        var first = take(1000);
        var second = take(513);
        assertEquals(first.address() + 1024, second.address());
        assertEquals(1, memory.statistics().driverRequests());
        assertEquals(2 * MIB, memory.statistics().heldBytes());
        assertEquals(1024 + 1024, memory.statistics().usedBytes());
        first.giveBack();
        second.giveBack();
    }

    @Test
    void neighboursJoinInAnyOrder() {
        for (int[] order : new int[][] {{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}}) {
            DeviceMemory.Lease[] third = {take(MIB / 2), take(MIB / 2), take(MIB / 2)};
            for (int i : order) {
                third[i].giveBack();
                third[i].giveBack(); // idempotent
            }
            assertEquals(2 * MIB, memory.statistics().largestFree());
        }
        assertEquals(1, memory.statistics().driverRequests());
        assertEquals(3 * MIB / 2, memory.statistics().mostUsedBytes());
        memory.release();
        assertEquals(0, memory.statistics().heldBytes());
    }

    /// Of the free blocks that are large enough, the smallest is cut.
    @Test
    void theBestFitIsTaken() {
        var a = take(4096);
        var wall = take(512);
        var b = take(2048);
        var otherWall = take(512);
        a.giveBack();
        b.giveBack();
        var c = take(1500);
        assertEquals(b.address(), c.address());
        List.of(wall, otherWall, c).forEach(DeviceMemory.Lease::giveBack);
    }

    @Test
    void aSegmentInUseStaysWhenTheRestIsReleased() {
        var kept = take(512);
        var gone = take(3 * MIB);
        gone.giveBack();
        assertEquals(22 * MIB, memory.statistics().heldBytes());
        memory.release();
        assertEquals(2 * MIB, memory.statistics().heldBytes());
        kept.giveBack();
    }

    /// Whatever is taken and given back, no two blocks overlap, and at the end everything is one piece again.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void blocksNeverOverlap(int seed) {
        var random = new Random(seed);
        List<DeviceMemory.Lease> live = new ArrayList<>();
        Map<DeviceMemory.Lease, Long> sizes = new HashMap<>();
        for (int i = 0; i < 600; i++) {
            if (live.isEmpty() || random.nextInt(5) < 3) {
                long bytes = 1 + (long) Math.exp(random.nextDouble() * Math.log(4e6));
                var lease = take(bytes);
                for (var other : live) {
                    assertTrue(lease.address() + bytes <= other.address()
                            || other.address() + sizes.get(other) <= lease.address(), "overlap after " + i);
                }
                assertEquals(0, lease.address() % 256);
                live.add(lease);
                sizes.put(lease, bytes);
            } else {
                live.remove(random.nextInt(live.size())).giveBack();
            }
        }
        live.forEach(DeviceMemory.Lease::giveBack);
        assertEquals(0, memory.statistics().usedBytes());
        memory.release();
        assertEquals(0, memory.statistics().heldBytes());
        assertEquals(0, simulator.findings());
    }

    /// A device that has room for the array but not for a whole segment gives the array.
    @Test
    void aFullDeviceIsAskedForLess() {
        simulator.set("fault", "cuMemAlloc:1-3:2");
        var lease = take(5 * MIB);
        assertEquals(5 * MIB, memory.statistics().heldBytes());
        assertEquals(4, simulator.calls("cuMemAlloc"));
        lease.giveBack();
    }

    /// What was asked, what is held, by which layers, what the device has, and what to do.
    @Test
    void refusalSaysWhoHoldsWhat() {
        var conv = Place.in("LeNet", () -> Place.in("conv1", () -> List.of(take(3 * MIB), take(2 * MIB))));
        var head = Place.in("LeNet", () -> Place.in("fc", () -> take(1000)));
        var other = take(512);
        simulator.reset();
        simulator.set("fault", "cuMemAlloc:1-9:2");
        var e = assertThrows(DeviceException.class,
                () -> Place.in("LeNet", () -> Place.in("conv2", () -> take(64 * MIB))));
        assertTrue(e.getMessage().startsWith("cuda: out of memory: asked for 67108864 bytes in LeNet.conv2; 5244416 "
                + "bytes are in use by 4 arrays and 17824256 more are kept between them; the device has "),
                e.getMessage());
        assertTrue(e.getMessage().contains("Held by LeNet.conv1 (5242880 bytes in 2 arrays), LeNet.fc (1024 bytes in 1 "
                + "array), no layer (512 bytes in 1 array). Use a smaller batch"), e.getMessage());
        conv.forEach(DeviceMemory.Lease::giveBack);
        List.of(head, other).forEach(DeviceMemory.Lease::giveBack);
        simulator.set("fault", "");
        take(64 * MIB).giveBack();
    }

    /// A device that is really full refuses too, and recovers.
    @Test
    void aFullDeviceRefusesAndRecovers() {
        long[] free = new long[1];
        long[] total = new long[1];
        assertEquals(0, JCudaDriver.cuMemGetInfo(free, total));
        // Beside what other tests keep.
        simulator.set("memory", String.valueOf(total[0] - free[0] + 64 * MIB));
        try {
            var most = take(40 * MIB);
            assertTrue(
                    assertThrows(DeviceException.class, () -> take(30 * MIB)).getMessage().contains("out of memory"));
            most.giveBack();
            take(45 * MIB).giveBack();
        } finally {
            simulator.set("memory", String.valueOf(4L << 30));
        }
    }
}
