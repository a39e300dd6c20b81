package dev.sextant.engine.cpu;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.spi.Backend;
import dev.sextant.engine.spi.Storage;

/// Storage in Java arrays: what `ref` and `simd` have in common.
public abstract class CpuBackend implements Backend {

    @Override
    public Storage allocate(DType dtype, long elements, boolean pooled) {
        if (elements > Integer.MAX_VALUE - 64) {
            throw new SextantException("cpu: an array of %d elements is over the limit of %d (2^31); split the batch",
                    elements, Integer.MAX_VALUE - 64);
        }
        int n = (int) elements;
        return pooled ? HeapPool.ofThread().allocate(dtype, n)
                : new HostStorage(dtype, n, newArray(dtype, n), 0, null);
    }

    static Object newArray(DType dtype, int size) {
        return switch (dtype) {
            case FLOAT32 -> new float[size];
            case FLOAT64 -> new double[size];
            case INT32 -> new int[size];
        };
    }

    @Override
    public void upload(Object host, NDArray target) {
        System.arraycopy(host, 0, HostStorage.of(target).array(), HostStorage.start(target), (int) target.size());
    }

    @Override
    public void download(NDArray source, Object host) {
        System.arraycopy(HostStorage.of(source).array(), HostStorage.start(source), host, 0, (int) source.size());
    }
}
