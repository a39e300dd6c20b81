package dev.sextant.nn;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Normalization;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.nn.init.Init;

/// Batch normalisation of `[N, C]` or `[N, C, H, W]`: one scale γ and one shift β per feature or channel.
///
/// Training uses the batch's mean and biased variance and updates the running ones; evaluation uses the running ones.
/// The mode follows `train()`/`eval()`, never whether gradients are recorded.
///
/// Momentum has two conventions: PyTorch's `running = (1 − m)·running + m·batch` with m = 0.1 (used here), and the
/// book's `moving = 0.9·moving + 0.1·batch`, which is the same step.
///
/// Parameters: `weight` γ = 1, `bias` β = 0. Buffers: `running_mean` = 0, `running_var` = 1, `num_batches_tracked`.
public final class BatchNorm extends Layer implements Fusable {
    private double eps = 1e-5;
    private double momentum = 0.1;
    private boolean twoDimensional;

    /// The number added to the variance; 1e-5 by default.
    public BatchNorm eps(double value) {
        eps = value;
        return this;
    }

    double eps() {
        return eps;
    }

    /// The weight of a new batch in the running statistics; 0.1 by default.
    public BatchNorm momentum(double value) {
        momentum = value;
        return this;
    }

    @Override
    public String typeName() {
        return twoDimensional ? "BatchNorm1d" : "BatchNorm2d";
    }

    @Override
    protected void build(Shape in) {
        twoDimensional = in.rank() == 2;
        Shape channels = Shape.of(in.dim(1));
        parameter("weight", channels, Init.constant(1));
        parameter("bias", channels, Init.constant(0));
        buffer("running_mean", constant(channels, 0));
        buffer("running_var", constant(channels, 1));
        buffer("num_batches_tracked", NDArray.zeros(Shape.scalar(), DType.INT32, Device.ref()));
    }

    @Override
    public Var forward(Var x) {
        return forward(x, UnarySpec.IDENTITY);
    }

    @Override
    public Var forward(Var x, UnarySpec activation) {
        return forward(x, null, activation);
    }

    /// The end of a residual block, `relu(this(x) + shortcut)`: one operation where layers may be joined.
    ///
    /// @param relu what comes after the sum; any layer
    Var addAndApply(Var x, Var shortcut, Layer relu) {
        if (relu instanceof Activation act && canFuse(act.spec()) && mayFuse() && act.mayFuse()) {
            return forward(x, shortcut, act.spec());
        }
        return relu.apply(Arithmetic.add(apply(x), shortcut));
    }

    private Var forward(Var x, Var shortcut, UnarySpec activation) {
        var spec = new BatchNormSpec(eps, momentum, isTraining(), activation);
        Var gamma = leaf("weight");
        if (isTraining()) {
            NDArray count = buffer("num_batches_tracked");
            count.set(new int[] {count.toInts()[0] + 1});
        }
        return Normalization.batchNorm(spec, x, shortcut, gamma, leaf("bias"),
                buffer("running_mean"), buffer("running_var"));
    }

    @Override
    public boolean canFuse(UnarySpec activation) {
        return activation.kind().usesOutput();
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        Parameter weight = parameter("weight");
        // Shapes are checked as in evaluation: a walk with batch 1 is no training step.
        return new BatchNormSpec(eps, momentum, false, UnarySpec.IDENTITY).outputShape(in,
                weight != null ? weight.shape().dim(0) : in.dim(1));
    }
}
