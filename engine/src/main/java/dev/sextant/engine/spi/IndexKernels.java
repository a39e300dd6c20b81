package dev.sextant.engine.spi;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.GatherSpec;
import dev.sextant.engine.op.IndexSelectSpec;
import dev.sextant.engine.op.OneHotSpec;
import dev.sextant.engine.op.PadSpec;
import dev.sextant.engine.op.ResizeSpec;

/// Moving elements by index. Indices are int32 and checked: one outside its axis is an error that names it.
public interface IndexKernels {

    /// `y[.., i, ..] = x[.., index[i], ..]` along one axis.
    void indexSelect(IndexSelectSpec spec, NDArray x, NDArray index, NDArray y);

    /// Gradient of [#indexSelect]: repeated indices add up.
    void indexSelectBackward(IndexSelectSpec spec, NDArray dy, NDArray index, Target dx);

    /// `y[i,j,…] = x[index[i,j,…], j, …]` (for axis 0; alike for others).
    void gather(GatherSpec spec, NDArray x, NDArray index, NDArray y);

    /// Gradient of [#gather].
    void gatherBackward(GatherSpec spec, NDArray dy, NDArray index, Target dx);

    /// Rows of the identity matrix chosen by `labels`.
    void oneHot(OneHotSpec spec, NDArray labels, NDArray y);

    /// Padding (or, negative, cropping) of the last two axes.
    void pad(PadSpec spec, NDArray x, NDArray y);

    /// Gradient of [#pad].
    void padBackward(PadSpec spec, NDArray dy, Target dx);

    /// Nearest or bilinear resampling of the last two axes.
    void resize(ResizeSpec spec, NDArray x, NDArray y);

    /// Gradient of [#resize].
    void resizeBackward(ResizeSpec spec, NDArray dy, Target dx);
}
