package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.cpu.HostStorage;

/// An array as the loops see it: the Java array, the place of the first element, the strides. Blocked arrays are
/// looked at through their plain form; a result must not be blocked.
record Strides(float[] data, int base, int[] step) {

    /// For reading.
    static Strides of(NDArray x) {
        NDArray plain = x.plain();
        return new Strides(HostStorage.floats(plain), HostStorage.start(plain),
                ((Layout.Strided) plain.layout()).strides());
    }

    /// For writing.
    static Strides into(NDArray y) {
        if (!(y.layout() instanceof Layout.Strided s)) {
            throw new IllegalStateException("a plain result was expected, but it is " + y);
        }
        return new Strides(HostStorage.floats(y), HostStorage.start(y), s.strides());
    }
}
