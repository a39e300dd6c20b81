package dev.sextant.nn.optim;

import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.ReduceSpec;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.op.UnarySpec.Kind;
import dev.sextant.nn.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/// Limits gradients between `backward()` and the optimizer's step, in place.
public final class GradientClip {
    /// Keeps the quotient finite when all gradients are zero.
    private static final double TINY = 1e-6;

    private GradientClip() {
    }

    /// Scales all gradients together so that the Euclidean norm of everything is at most `maxNorm`:
    /// `g·min(1, maxNorm/(norm + 1e-6))`, as `torch.nn.utils.clip_grad_norm_`.
    ///
    /// @return the norm before clipping
    public static double byNorm(Collection<Parameter> parameters, double maxNorm) {
        return byNorm(parameters, maxNorm, 2);
    }

    /// As above with another norm: `(Σ |g|^p)^(1/p)`, or the largest magnitude for `p` = infinity.
    public static double byNorm(Collection<Parameter> parameters, double maxNorm, double p) {
        if (!(maxNorm >= 0) || !(p > 0)) {
            throw new SextantException("clip by norm: maxNorm must be >= 0 and p > 0, but they are %s and %s", maxNorm,
                    p);
        }
        List<NDArray> gradients = gradients(parameters);
        double norm = norm(gradients, p);
        double coefficient = Math.min(1, maxNorm / (norm + TINY));
        if (coefficient < 1) {
            gradients.forEach(g -> replace(g, new UnarySpec(Kind.AFFINE, coefficient, 0)));
        }
        return norm;
    }

    /// Limits every element to `−limit … limit`, as `torch.nn.utils.clip_grad_value_`.
    public static void byValue(Collection<Parameter> parameters, double limit) {
        if (!(limit >= 0)) {
            throw new SextantException("clip by value: the limit must be >= 0, but is %s", limit);
        }
        gradients(parameters).forEach(g -> replace(g, new UnarySpec(Kind.CLIP, -limit, limit)));
    }

    private static List<NDArray> gradients(Collection<Parameter> parameters) {
        return parameters.stream().map(p -> p.var().grad()).filter(Objects::nonNull).toList();
    }

    private static double norm(List<NDArray> gradients, double p) {
        double sum = 0;
        for (NDArray g : gradients) {
            if (p == 2) {
                sum += g.device().kernels().sumOfSquares(g);
            } else if (Double.isInfinite(p)) {
                sum = Math.max(sum, reduced(g, ReduceSpec.Kind.MAX, UnarySpec.of(Kind.ABS)));
            } else {
                sum += reduced(g, ReduceSpec.Kind.SUM, UnarySpec.of(Kind.ABS), new UnarySpec(Kind.POW, p, 0));
            }
        }
        return p == 2 ? Math.sqrt(sum) : Double.isInfinite(p) ? sum : Math.pow(sum, 1 / p);
    }

    private static double reduced(NDArray g, ReduceSpec.Kind kind, UnarySpec... functions) {
        try (var _ = Scope.open("gradient norm")) {
            NDArray x = g;
            for (UnarySpec f : functions) {
                NDArray y = NDArray.empty(g.shape(), g.dtype(), g.device());
                g.device().kernels().unary(f, x, y);
                x = y;
            }
            var spec = ReduceSpec.of(kind, x.shape(), false);
            NDArray out = NDArray.empty(spec.outputShape(x.shape()), g.dtype(), g.device());
            g.device().kernels().reduce(spec, x, out, null);
            return out.item();
        }
    }

    /// `g = f(g)`, by way of a temporary: kernels may assume that output and input are different memory.
    private static void replace(NDArray g, UnarySpec f) {
        try (var _ = Scope.open("gradient clipping")) {
            NDArray y = NDArray.empty(g.shape(), g.dtype(), g.device());
            g.device().kernels().unary(f, g, y);
            g.set(y);
        }
    }
}
