package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;

/// A vector of parameters, any stride; perhaps absent.
record Vector1(float[] data, int base, int step) {

    static Vector1 of(NDArray x) {
        if (x == null) {
            return new Vector1(null, 0, 0);
        }
        var s = Strides.of(x);
        return new Vector1(s.data(), s.base(), s.step()[0]);
    }

    boolean isThere() {
        return data != null;
    }

    float get(int i) {
        return data[base + i * step];
    }

    float get(int i, float absent) {
        return data == null ? absent : get(i);
    }

    void put(int i, double value, boolean adds) {
        int at = base + i * step;
        data[at] = (float) (adds ? data[at] + value : value);
    }
}
