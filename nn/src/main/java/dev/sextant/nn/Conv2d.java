package dev.sextant.nn;

import dev.sextant.autograd.Convolution;
import dev.sextant.autograd.GradMode;
import dev.sextant.autograd.Pointwise;
import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.op.Checks;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.nn.init.Init;

/// Two-dimensional convolution: `[N, C, H, W]` → `[N, K, P, Q]`, see [Conv2dSpec].
///
/// Parameters: `weight` `[K, C/groups, R, S]`, `bias` `[K]`.
public final class Conv2d extends Layer implements Fusable {
    private final int filters;
    private final Pair kernel;
    private Conv2dSpec spec = Conv2dSpec.of(1, 0);
    private UnarySpec after = UnarySpec.IDENTITY;
    private boolean bias = true;
    private Init weightInit;
    private Init biasInit;
    private volatile FoldedConv folded;

    /// @param filters K, the number of output channels
    /// @param kernel  R and S
    public Conv2d(int filters, int kernel) {
        this(filters, Pair.of(kernel));
    }

    /// @param kernel R (height) and S (width)
    public Conv2d(int filters, Pair kernel) {
        Checks.atLeast("conv2d", "filters", filters, 1);
        Checks.atLeast("conv2d", "kernel", kernel, 1);
        this.filters = filters;
        this.kernel = kernel;
    }

    /// Steps between windows, both axes.
    public Conv2d stride(int both) {
        return spec(new Conv2dSpec(Pair.of(both), spec.pad(), spec.dilation(), spec.groups(), spec.activation()));
    }

    /// Zeros around the image, both axes.
    public Conv2d pad(int both) {
        return spec(new Conv2dSpec(spec.stride(), Pair.of(both), spec.dilation(), spec.groups(), spec.activation()));
    }

    /// Steps between windows, down and across.
    public Conv2d stride(int h, int w) {
        return spec(new Conv2dSpec(Pair.of(h, w), spec.pad(), spec.dilation(), spec.groups(), spec.activation()));
    }

    /// Zeros above and below, left and right.
    public Conv2d pad(int h, int w) {
        return spec(new Conv2dSpec(spec.stride(), Pair.of(h, w), spec.dilation(), spec.groups(), spec.activation()));
    }

    /// Distance between the kernel's elements, both axes.
    public Conv2d dilation(int both) {
        return spec(new Conv2dSpec(spec.stride(), spec.pad(), Pair.of(both), spec.groups(), spec.activation()));
    }

    /// Groups of channels that do not see each other.
    public Conv2d groups(int count) {
        return spec(new Conv2dSpec(spec.stride(), spec.pad(), spec.dilation(), count, spec.activation()));
    }

    /// All of the geometry at once.
    public Conv2d spec(Conv2dSpec geometry) {
        spec = geometry;
        return this;
    }

    /// Applies an activation: in the same pass where its derivative follows from its output, else right after it.
    public Conv2d activation(UnarySpec activation) {
        boolean fuses = activation.kind().usesOutput();
        after = fuses ? UnarySpec.IDENTITY : activation;
        return spec(spec.with(fuses ? activation : UnarySpec.IDENTITY));
    }

    /// Fills the parameters this way, whatever the policy says; null leaves one to the policy.
    public Conv2d init(Init weight, Init biasValues) {
        weightInit = weight;
        biasInit = biasValues;
        return this;
    }

    /// Leaves the bias out.
    public Conv2d noBias() {
        bias = false;
        return this;
    }

    public Conv2dSpec spec() {
        return spec;
    }

    @Override
    protected void build(Shape in) {
        parameter("weight", weightShape(in), weightInit);
        if (bias) {
            parameter("bias", Shape.of(filters), biasInit);
        }
    }

    private Shape weightShape(Shape in) {
        Checks.rank("conv2d", "x", in, 4, "[N, C, H, W]");
        if (in.dim(1) % spec.groups() != 0 || filters % spec.groups() != 0) {
            throw new ShapeException("conv2d: x %s has C=%d, and there are %d filters; groups=%d must divide both", in,
                    in.dim(1), filters, spec.groups());
        }
        return Shape.of(filters, in.dim(1) / spec.groups(), kernel.h(), kernel.w());
    }

    @Override
    public Var forward(Var x) {
        return forward(x, (NDArray) null);
    }

    @Override
    protected Var forward(Var x, NDArray place) {
        Var w = leaf("weight");
        Var b = bias ? leaf("bias") : null;
        return after.isIdentity() ? Convolution.conv2d(spec, x, w, b, place)
                : Pointwise.unary(after, Convolution.conv2d(spec, x, w, b));
    }

    @Override
    public Var forward(Var x, UnarySpec activation) {
        return forward(x, activation, null);
    }

    @Override
    public Var forward(Var x, UnarySpec activation, NDArray place) {
        return Convolution.conv2d(spec.with(activation), x, leaf("weight"), bias ? leaf("bias") : null, place);
    }

    /// Whether a batch norm behind can be multiplied into the weights: where both are only asked for results, as in a
    /// [Model].
    boolean canFold(BatchNorm norm) {
        return mayFuse() && norm.mayFuse() && !norm.isTraining() && !GradMode.isOn()
                && spec.activation().isIdentity() && after.isIdentity() && parameter("weight").isFrozen();
    }

    /// `act(norm(this(x)) + shortcut)` as one convolution, see [FoldedConv].
    ///
    /// @param shortcut shaped like the result, or null
    /// @param place    where the result may be put, or null; without a shortcut only
    Var forward(Var x, BatchNorm norm, Var shortcut, UnarySpec activation, NDArray place) {
        FoldedConv f = folded;
        if (f == null || !f.isOf(this, norm)) {
            f = FoldedConv.of(this, norm);
            folded = f;
        }
        Conv2dSpec s = spec.with(activation);
        return shortcut == null ? Convolution.conv2d(s, x, f.weight(), f.bias(), place)
                : Convolution.conv2dAdd(s, x, f.weight(), f.bias(), shortcut);
    }

    @Override
    public boolean canFuse(UnarySpec activation) {
        return spec.activation().isIdentity() && after.isIdentity() && activation.kind().usesOutput();
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Parameter weight = parameter("weight");
        return spec.outputShape(in, weight != null ? weight.shape() : weightShape(in));
    }

    @Override
    protected ReceptiveField receptiveField(ReceptiveField in, Shape input) {
        return in.through(kernel, spec.stride(), spec.dilation());
    }

    @Override
    public long macs(Shape in) {
        return spec.macs(in, weightShape(in));
    }
}
