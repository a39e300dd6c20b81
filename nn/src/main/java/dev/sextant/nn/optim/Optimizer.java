package dev.sextant.nn.optim;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Updates parameters from their gradients, one fused pass each: groups of parameters, each with its own rule
/// ([OptimizerSpec]), and the state that the rules keep.
public final class Optimizer {

    /// Parameters by full name, and their rule.
    public record Group(Map<String, Parameter> parameters, OptimizerSpec spec) {
        public Group {
            parameters = new LinkedHashMap<>(parameters);
        }
    }

    private final List<Group> groups = new ArrayList<>();
    private final Map<String, List<NDArray>> state = new LinkedHashMap<>();
    private long step;

    /// One rule for all parameters.
    public Optimizer(OptimizerSpec spec, Map<String, Parameter> parameters) {
        groups.add(new Group(parameters, spec));
    }

    /// Several groups, for example one without weight decay.
    ///
    /// @throws SextantException if a parameter stands in two groups
    public Optimizer(List<Group> groups) {
        Map<String, Parameter> seen = new LinkedHashMap<>();
        for (Group group : groups) {
            group.parameters.forEach((name, p) -> {
                if (seen.put(name, p) != null) {
                    throw new SextantException("optimizer: parameter %s stands in two groups", name);
                }
            });
            this.groups.add(group);
        }
    }

    /// Plain stochastic gradient descent: `p −= lr·g`.
    public static Optimizer sgd(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Sgd(lr, 0, 0, 0, false), parameters);
    }

    /// The groups, with their current rules.
    public List<Group> groups() {
        return List.copyOf(groups);
    }

    /// Number of updates done.
    public long steps() {
        return step;
    }

    /// Sets the learning rate of every group.
    public void setLr(double lr) {
        groups.replaceAll(g -> new Group(g.parameters, g.spec.withLr(lr)));
    }

    /// The learning rate of the first group.
    public double lr() {
        return groups.getFirst().spec.lr();
    }

    /// Forgets all gradients, so that the next backward pass sets instead of adding.
    public void zeroGrad() {
        groups.forEach(g -> g.parameters.values().forEach(p -> p.var().clearGrad()));
    }

    /// One update of every parameter that has a gradient and is not frozen.
    public void step() {
        step++;
        for (Group group : groups) {
            group.parameters.forEach((name, p) -> {
                NDArray grad = p.var().grad();
                if (grad != null && !p.isFrozen()) {
                    NDArray value = p.value();
                    value.device().kernels().optimize(group.spec, step, value, grad, stateOf(name, group.spec, value));
                    value.storage().written(group.spec.opName());
                }
            });
        }
    }

    private List<NDArray> stateOf(String name, OptimizerSpec spec, NDArray value) {
        return state.computeIfAbsent(name, n -> Scope.outside(() -> spec.stateNames().stream()
                .map(s -> NDArray.zeros(value.shape(), DType.FLOAT32, value.device())).toList()));
    }

    /// The state arrays by `parameter/name`, for checkpoints; empty for plain SGD.
    public Map<String, NDArray> state() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        for (Group group : groups) {
            for (String name : group.parameters.keySet()) {
                List<NDArray> arrays = state.get(name);
                for (int i = 0; arrays != null && i < arrays.size(); i++) {
                    all.put(name + "/" + group.spec.stateNames().get(i), arrays.get(i));
                }
            }
        }
        return all;
    }

    /// Puts back what [#state] and [#steps] gave.
    public void restore(long steps, Map<String, NDArray> saved) {
        step = steps;
        for (Group group : groups) {
            group.parameters.forEach((name, p) -> {
                List<String> names = group.spec.stateNames();
                if (!names.isEmpty() && saved.containsKey(name + "/" + names.getFirst())) {
                    List<NDArray> arrays = stateOf(name, group.spec, p.value());
                    for (int i = 0; i < names.size(); i++) {
                        arrays.get(i).set(saved.get(name + "/" + names.get(i)).to(p.value().device()));
                    }
                }
            });
        }
    }
}
