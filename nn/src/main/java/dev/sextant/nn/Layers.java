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

    public static Activation tanh() {
        return Activation.tanh();
    }

    /// Layer normalisation over the last `axes` axes.
    public static LayerNorm layerNorm(int axes) {
        return new LayerNorm(axes);
    }

    /// Group normalisation of `[N, C, …]`.
    public static GroupNorm groupNorm(int groups) {
        return new GroupNorm(groups);
    }

    /// `body(x) + shortcut(x)`.
    public static Sum sum(Layer body, Layer shortcut) {
        return new Sum(body, shortcut);
    }

    /// `body(x) + x`.
    public static Sum residual(Layer body) {
        return new Sum(body);
    }

    /// Branches over the same input, joined along the channels.
    public static Concat concat(Layer... branches) {
        return new Concat(branches);
    }

    /// Gives back what it gets: a plain shortcut.
    public static Identity identity() {
        return new Identity();
    }

    /// Softmax along the last axis.
    public static Softmax softmax() {
        return new Softmax(-1);
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
