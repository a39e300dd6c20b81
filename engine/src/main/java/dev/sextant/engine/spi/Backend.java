package dev.sextant.engine.spi;

import dev.sextant.engine.DType;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.OpSpec;

/// One way to store arrays and compute with them: `ref`, `simd`, `cuda`.
public interface Backend {

    /// `ref`, `simd` or `cuda`.
    String name();

    /// One line for people: the instruction set, threads, versions, and why this variant was chosen.
    String describe();

    /// The kernels; one instance for the backend's whole life.
    Kernels kernels();

    /// Whether arrays of this element type can live here.
    boolean supports(DType dtype);

    /// Memory for `elements` values, contents undefined.
    ///
    /// @param pooled whether it comes from (and goes back to) a pool; otherwise it is the garbage collector's
    Storage allocate(DType dtype, long elements, boolean pooled);

    /// The layout in which this backend wants the result of an operation. The default is row-major.
    default Layout layoutFor(OpSpec spec, Shape result, NDArray... inputs) {
        return Layout.Strided.of(result);
    }

    /// Copies a `float[]`, `double[]` or `int[]` of the array's own type into a contiguous row-major array.
    void upload(Object host, NDArray target);

    /// Copies a contiguous row-major array into a `float[]`, `double[]` or `int[]` of its own type, after everything
    /// queued has finished.
    void download(NDArray source, Object host);

    /// Waits until everything queued on this backend has finished.
    default void synchronize() {
    }

    /// The algorithm this backend would take for an operation on these arrays, by name; used by `--explain`.
    default String algorithm(OpSpec spec, NDArray... inputs) {
        return "direct";
    }
}
