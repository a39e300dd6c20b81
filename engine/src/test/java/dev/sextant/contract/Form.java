package dev.sextant.contract;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Write;

/// How an array's elements lie in memory. Every kernel must take every form.
public enum Form {
    /// Row-major, without gaps.
    DENSE {
        @Override
        NDArray of(NDArray dense) {
            return dense;
        }
    },
    /// The layout in which the backend itself would store an activation of that shape.
    NATIVE {
        @Override
        NDArray of(NDArray dense) {
            if (dense.rank() != 4 || dense.dtype() != DType.FLOAT32) {
                return dense;
            }
            var device = dense.device();
            var layout = device.backend().layoutFor(Conv2dSpec.of(1, 1), dense.shape(), dense);
            NDArray array = NDArray.empty(dense.shape(), dense.dtype(), layout, device);
            device.kernels().copy(dense, array, Write.SET);
            return array;
        }
    },
    /// A view with its last two axes exchanged.
    TRANSPOSED {
        @Override
        NDArray of(NDArray dense) {
            return dense.rank() < 2 ? dense : dense.transpose(-1, -2).copy().transpose(-1, -2);
        }
    },
    /// Every other column of a wider array, from the second on.
    SLICED {
        @Override
        NDArray of(NDArray dense) {
            if (dense.rank() == 0) {
                return dense;
            }
            int columns = dense.dim(-1);
            Shape wide = dense.shape().with(-1, 2 * columns + 1);
            NDArray view = NDArray.full(wide, 7, dense.dtype(), dense.device()).slice(-1, 1, 2 * columns + 1, 2);
            dense.device().kernels().copy(dense, view, Write.SET);
            return view;
        }
    };

    /// An array with the values of a dense one, in this form.
    abstract NDArray of(NDArray dense);
}
