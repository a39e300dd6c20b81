package dev.sextant.engine.op;

/// Local response normalisation across channels (Krizhevsky et al., 2012, §3.3):
/// `y = x·(k + α/size · Σ x²)^(−β)`, the sum running over `size` channels around each, clipped at the ends.
public record LocalResponseNormSpec(int size, double alpha, double beta, double k) implements OpSpec {
    public LocalResponseNormSpec {
        Checks.atLeast("local_response_norm", "size", size, 1);
    }

    @Override
    public String opName() {
        return "local_response_norm";
    }
}
