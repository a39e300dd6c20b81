package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.spi.Target;

/// Convolution as a matrix product with the patches written down (im2col): image by image, the matrix
/// `patches[c·R·S + r·S + s][p·Q + q] = x[c][p·stride − pad + r·dilation][…]`. Each pixel is copied `R·S` times, which is
/// what the implicit forms save; this one is here to be read and compared with.
///
/// | result | product                                            |
/// |--------|----------------------------------------------------|
/// | `y`    | `w[K][C·R·S] · patches`                            |
/// | `dx`   | `wᵀ · dz[K][P·Q]`, its rows added back to pixels   |
/// | `dw`   | `dz · patchesᵀ`, summed over the images            |
final class Im2col implements ConvAlgorithm {

    /// Where the patches of one convolution lie.
    private record Patches(Conv2dSpec spec, int channels, int kernelH, int kernelW, int height, int width, int p,
            int q) {
        static Patches of(Conv2dSpec spec, NDArray x, NDArray w, NDArray y) {
            return new Patches(spec, w.dim(1), w.dim(2), w.dim(3), x.dim(2), x.dim(3), y.dim(2), y.dim(3));
        }

        int depth() {
            return channels * kernelH * kernelW;
        }

        int pixels() {
            return p * q;
        }

        private int row(int i, int r) {
            return i * spec.stride().h() - spec.pad().h() + r * spec.dilation().h();
        }

        private int column(int j, int s) {
            return j * spec.stride().w() - spec.pad().w() + s * spec.dilation().w();
        }

        /// Copies pixels to patches, or (`back`) adds patches to pixels.
        void move(Strides x, int at, float[] patches, boolean back) {
            int to = 0;
            for (int k = 0; k < depth(); k++) {
                int from = at + k / (kernelH * kernelW) * x.step()[1];
                for (int i = 0; i < p; i++) {
                    int h = row(i, k / kernelW % kernelH);
                    for (int j = 0; j < q; j++, to++) {
                        int v = column(j, k % kernelW);
                        boolean inside = h >= 0 && h < height && v >= 0 && v < width;
                        int pixel = from + h * x.step()[2] + v * x.step()[3];
                        if (!back) {
                            patches[to] = inside ? x.data()[pixel] : 0;
                        } else if (inside) {
                            x.data()[pixel] += patches[to];
                        }
                    }
                }
            }
        }
    }

    private static float[] scratch(Patches patches) {
        return Scratch.ofThread().floats(Scratch.WORK, patches.depth() * patches.pixels());
    }

    @Override
    public void forward(SimdConv kernels, Conv2dSpec spec, NDArray x, NDArray w, NDArray bias, NDArray y) {
        Plain result = Plain.of(y);
        var patches = Patches.of(spec, x, w, y);
        var from = Strides.of(x);
        var filter = Strides.of(Dense.of(w));
        var to = Strides.into(result.array());
        int filters = w.dim(0) / spec.groups();
        int depth = patches.depth();
        kernels.workers().run(x.dim(0) * spec.groups(), i -> {
            int n = i / spec.groups();
            int g = i % spec.groups();
            float[] columns = scratch(patches);
            patches.move(from, from.base() + n * from.step()[0] + g * w.dim(1) * from.step()[1], columns, false);
            var product = new MatrixProduct(filters, patches.pixels(), depth, filter.data(),
                    filter.base() + g * filters * depth, depth, 1, columns, 0, patches.pixels(), 1).into(to.data(),
                            to.base() + n * to.step()[0] + g * filters * to.step()[1], to.step()[1], 1, false);
            product.addBias(bias, g * filters, true);
            product.activation = spec.activation();
            PackedGemm.run(kernels.workers(), product);
        });
        result.store(kernels);
    }

    @Override
    public void backwardData(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray w, Target dx) {
        Plain result = Plain.of(dx);
        Target target = result.target();
        var patches = Patches.of(spec, target.array(), w, dz);
        if (!target.adds()) {
            kernels.fill(0, target.array());
        }
        var from = Strides.of(Dense.of(dz.plain()));
        var filter = Strides.of(Dense.of(w));
        var to = Strides.into(target.array());
        int filters = w.dim(0) / spec.groups();
        int depth = patches.depth();
        kernels.workers().run(dz.dim(0) * spec.groups(), i -> {
            int n = i / spec.groups();
            int g = i % spec.groups();
            float[] columns = scratch(patches);
            PackedGemm.run(kernels.workers(), new MatrixProduct(depth, patches.pixels(), filters, filter.data(),
                    filter.base() + g * filters * depth, 1, depth, from.data(), from.base() + n * from.step()[0]
                            + g * filters * from.step()[1],
                    from.step()[1], 1).into(columns, 0, patches.pixels(), 1,
                            false));
            patches.move(to, to.base() + n * to.step()[0] + g * w.dim(1) * to.step()[1], columns, true);
        });
        result.store(kernels);
    }

    @Override
    public void backwardFilter(SimdConv kernels, Conv2dSpec spec, NDArray dz, NDArray x, Target dw) {
        NDArray w = dw.array();
        var patches = Patches.of(spec, x, w, dz);
        var from = Strides.of(x);
        var z = Strides.of(Dense.of(dz.plain()));
        int filters = w.dim(0) / spec.groups();
        int depth = patches.depth();
        float[] sums = new float[w.dim(0) * depth];
        float[] columns = scratch(patches);
        for (int n = 0; n < x.dim(0); n++) {
            for (int g = 0; g < spec.groups(); g++) {
                patches.move(from, from.base() + n * from.step()[0] + g * w.dim(1) * from.step()[1], columns, false);
                PackedGemm.run(kernels.workers(), new MatrixProduct(filters, depth, patches.pixels(), z.data(),
                        z.base() + n * z.step()[0] + g * filters * z.step()[1], z.step()[1], 1, columns, 0, 1, patches
                                .pixels())
                        .into(sums, g * filters * depth, depth, 1, n > 0));
            }
        }
        Partials.combine(kernels.workers(), sums, 1, sums.length, w, 0, dw.adds());
    }

    @Override
    public String toString() {
        return "im2col";
    }
}
