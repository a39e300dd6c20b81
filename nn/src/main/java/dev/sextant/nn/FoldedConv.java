package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import java.util.ArrayList;
import java.util.List;

/// A convolution with the batch norm behind it multiplied into its weights: with the running statistics, batch norm is
/// `s·z + (β − s·μ)` per channel, `s = γ/√(σ² + ε)`, so that
///
/// | | |
/// |---|---|
/// | weights | `s·w` |
/// | bias    | `s·(b − μ) + β` |
///
/// give the same result but for the rounding of each weight, at most 2⁻²⁴ of it.
///
/// @param sources what went in, in the order weight, γ, β, μ, σ², bias if there is one
/// @param version number of writes to them so far
record FoldedConv(List<NDArray> sources, long version, Var weight, Var bias) {

    private static List<NDArray> sources(Conv2d conv, BatchNorm norm) {
        List<NDArray> sources = new ArrayList<>(List.of(conv.parameter("weight").value(),
                norm.parameter("weight").value(), norm.parameter("bias").value(), norm.buffer("running_mean"),
                norm.buffer("running_var")));
        if (conv.parameter("bias") != null) {
            sources.add(conv.parameter("bias").value());
        }
        return sources;
    }

    static FoldedConv of(Conv2d conv, BatchNorm norm) {
        List<NDArray> sources = sources(conv, norm);
        long version = version(sources);
        float[][] v = sources.stream().map(NDArray::toFloats).toArray(float[][]::new);
        float[] w = v[0];
        float[] b = new float[v[1].length];
        int filter = w.length / b.length;
        for (int k = 0; k < b.length; k++) {
            double scale = v[1][k] / Math.sqrt(v[4][k] + norm.eps());
            for (int i = k * filter; i < (k + 1) * filter; i++) {
                w[i] = (float) (scale * w[i]);
            }
            b[k] = (float) (scale * ((v.length > 5 ? v[5][k] : 0) - v[3][k]) + v[2][k]);
        }
        return Scope.outside(() -> {
            NDArray from = sources.getFirst();
            NDArray weight = NDArray.of(w, from.shape(), from.device());
            weight.storage().keepForms();
            return new FoldedConv(sources, version, Var.of(weight),
                    Var.of(NDArray.of(b, sources.get(1).shape(), from.device())));
        });
    }

    /// Whether this is still what [#of] would give.
    boolean isOf(Conv2d conv, BatchNorm norm) {
        return version == version(sources) && sources.equals(sources(conv, norm));
    }

    private static long version(List<NDArray> arrays) {
        long sum = 0;
        for (NDArray a : arrays) {
            sum += a.storage().version();
        }
        return sum;
    }
}
