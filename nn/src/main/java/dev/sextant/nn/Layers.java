package dev.sextant.nn;

/// Short names for building networks: `import static dev.sextant.nn.Layers.*`.
public final class Layers {
    private Layers() {
    }

    /// Layers one after the other.
    public static Sequential sequence(Layer... layers) {
        return new Sequential(layers);
    }

    /// Convolution with `filters` output channels and a square kernel; stride 1, no padding, with bias.
    public static Conv2d conv(int filters, int kernel) {
        return new Conv2d(filters, kernel);
    }

    /// Fully connected layer.
    public static Linear linear(int out) {
        return new Linear(out);
    }

    public static Activation relu() {
        return Activation.relu();
    }

    public static Activation sigmoid() {
        return Activation.sigmoid();
    }

    public static BatchNorm batchNorm() {
        return new BatchNorm();
    }

    /// Max pooling with stride = kernel.
    public static Pool2d maxPool(int kernel) {
        return Pool2d.max(kernel);
    }

    /// Max pooling.
    public static Pool2d maxPool(int kernel, int stride, int pad) {
        return Pool2d.max(kernel, stride, pad);
    }

    /// Average pooling with stride = kernel.
    public static Pool2d avgPool(int kernel) {
        return Pool2d.avg(kernel);
    }

    /// The mean of every channel, `[N, C, 1, 1]`.
    public static AdaptivePool2d globalAvgPool() {
        return AdaptivePool2d.globalAvg();
    }

    /// Drops elements with probability `p` in training.
    public static Dropout dropout(double p) {
        return new Dropout(p);
    }

    /// `[N, C, H, W]` → `[N, C·H·W]`.
    public static Flatten flatten() {
        return new Flatten();
    }
}
