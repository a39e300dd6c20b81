package dev.sextant.kernels.driver;

import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceTotalMem;

import java.util.LinkedHashMap;
import java.util.Map;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;

/// What a device says of its size and speed.
public final class DeviceFacts {
    private DeviceFacts() {
    }

    /// By name, with the unit in it; what the driver does not tell is left out.
    public static Map<String, Long> of(int ordinal) {
        Map<String, Long> facts = new LinkedHashMap<>();
        var device = new CUdevice();
        Cuda.check(cuDeviceGet(device, ordinal), "cuDeviceGet", "asking device " + ordinal);
        long[] bytes = new long[1];
        if (cuDeviceTotalMem(bytes, device) == 0) {
            facts.put("memory, MB", bytes[0] >> 20);
        }
        put(facts, device, "multiprocessors", CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        put(facts, device, "clock, kHz", CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
        put(facts, device, "memory clock, kHz", CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE);
        put(facts, device, "memory bus, bits", CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
        put(facts, device, "L2 cache, bytes", CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
        return facts;
    }

    private static void put(Map<String, Long> facts, CUdevice device, String name, int attribute) {
        int[] value = new int[1];
        if (cuDeviceGetAttribute(value, attribute, device) == 0 && value[0] > 0) {
            facts.put(name, (long) value[0]);
        }
    }
}
