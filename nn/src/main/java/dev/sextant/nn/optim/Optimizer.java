package dev.sextant.nn.optim;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.trace.Place;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.BatchNorm;
import dev.sextant.nn.GroupNorm;
import dev.sextant.nn.Layer;
import dev.sextant.nn.LayerNorm;
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
    private final List<Double> baseLrs = new ArrayList<>();
    private final Map<String, List<NDArray>> state = new LinkedHashMap<>();
    private double initialAccumulator;
    private long step;

    /// One rule for all parameters.
    public Optimizer(OptimizerSpec spec, Map<String, Parameter> parameters) {
        this(List.of(new Group(parameters, spec)));
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
            baseLrs.add(group.spec.lr());
        }
    }

    /// Two groups: the weights of convolutions and linear layers with the rule's weight decay, and without it every bias
    /// and every parameter of a normalisation, which decay would only drive towards zero (as PyTorch's parameter groups
    /// are usually made).
    public static List<Group> decayGroups(OptimizerSpec spec, Layer model) {
        Map<String, Parameter> decayed = new LinkedHashMap<>();
        Map<String, Parameter> free = new LinkedHashMap<>();
        model.visit("", (path, layer) -> layer.ownParameters().forEach((name, p) -> {
            boolean norm = layer instanceof BatchNorm || layer instanceof LayerNorm || layer instanceof GroupNorm;
            (norm || p.shape().rank() < 2 ? free : decayed).put(path.isEmpty() ? name : path + "." + name, p);
        }));
        return List.of(new Group(decayed, spec), new Group(free, spec.withWeightDecay(0)));
    }

    /// Plain stochastic gradient descent: `p −= lr·g`.
    public static Optimizer sgd(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Sgd(lr, 0, 0, 0, false), parameters);
    }

    /// SGD with momentum: `v = momentum·v + g`, `p −= lr·v`.
    public static Optimizer sgd(double lr, double momentum, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Sgd(lr, momentum, 0, 0, false), parameters);
    }

    /// Adam with PyTorch's defaults: β = (0.9, 0.999), ε = 1e-8, no weight decay.
    public static Optimizer adam(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Adam(lr, 0.9, 0.999, 1e-8, 0, false, false), parameters);
    }

    /// AdamW with PyTorch's defaults: as Adam, with decoupled weight decay 0.01.
    public static Optimizer adamW(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Adam(lr, 0.9, 0.999, 1e-8, 0.01, false, true), parameters);
    }

    /// RMSprop with PyTorch's defaults: α = 0.99, ε = 1e-8.
    public static Optimizer rmsProp(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.RmsProp(lr, 0.99, 1e-8, 0, 0, false), parameters);
    }

    /// Adagrad with PyTorch's defaults: ε = 1e-10.
    public static Optimizer adagrad(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Adagrad(lr, 0, 0, 1e-10), parameters);
    }

    /// What Adagrad's sums of squares start from, PyTorch's `initial_accumulator_value`; 0 by default.
    public Optimizer initialAccumulator(double value) {
        if (!(value >= 0) || groups.stream().anyMatch(g -> !(g.spec instanceof OptimizerSpec.Adagrad))) {
            throw new SextantException("optimizer: the initial accumulator must be >= 0, and only Adagrad has one; got "
                    + "%s for %s", value, groups.stream().map(g -> g.spec.opName()).toList());
        }
        initialAccumulator = value;
        return this;
    }

    /// Adadelta with PyTorch's defaults: ρ = 0.9, ε = 1e-6; its usual rate is 1.
    public static Optimizer adadelta(double lr, Map<String, Parameter> parameters) {
        return new Optimizer(new OptimizerSpec.Adadelta(lr, 0.9, 1e-6, 0), parameters);
    }

    /// The groups, with their current rules.
    public List<Group> groups() {
        return List.copyOf(groups);
    }

    /// Number of updates done.
    public long steps() {
        return step;
    }

    /// Sets the learning rate of every group; schedules start from it too.
    public void setLr(double lr) {
        groups.replaceAll(g -> new Group(g.parameters, g.spec.withLr(lr)));
        baseLrs.replaceAll(_ -> lr);
    }

    /// Sets every group's rate, and its momentum where the schedule has one, to what the schedule says for a step,
    /// each from the rate it was made with.
    ///
    /// @param step counted from 0
    public void apply(Schedule schedule, long step) {
        double momentum = schedule.momentum(step);
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            OptimizerSpec spec = group.spec.withLr(schedule.lr(baseLrs.get(i), step));
            groups.set(i, new Group(group.parameters, Double.isNaN(momentum) ? spec : withMomentum(spec, momentum)));
        }
    }

    /// Momentum 0 means a rule without that state; it stays as it is.
    private static OptimizerSpec withMomentum(OptimizerSpec spec, double m) {
        return switch (spec) {
            case OptimizerSpec.Sgd s when s.momentum() != 0 ->
                new OptimizerSpec.Sgd(s.lr(), m, s.dampening(), s.weightDecay(), s.nesterov());
            case OptimizerSpec.RmsProp r when r.momentum() != 0 ->
                new OptimizerSpec.RmsProp(r.lr(), r.alpha(), r.eps(), r.weightDecay(), m, r.centered());
            case OptimizerSpec.Adam a ->
                new OptimizerSpec.Adam(a.lr(), m, a.beta2(), a.eps(), a.weightDecay(), a.amsgrad(), a.decoupled());
            default -> spec;
        };
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
        return state.computeIfAbsent(name, n -> Scope.outside(() -> Place.in("optimizer", () -> spec.stateNames()
                .stream().map(s -> NDArray.full(value.shape(), initialAccumulator, DType.FLOAT32, value.device()))
                .toList())));
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

    /// Fails unless saved state fits the parameters and their rules: [#restore] must not stop half-way.
    ///
    /// @param source where the state comes from, for errors
    /// @throws FormatException if an array is missing, has another shape, or belongs to nothing here
    public void requireFits(String source, Map<String, NDArray> saved) {
        Map<String, Shape> known = new LinkedHashMap<>();
        for (Group group : groups) {
            group.parameters.forEach((name, p) -> {
                List<String> names = group.spec.stateNames().stream().map(s -> name + "/" + s).toList();
                names.forEach(n -> known.put(n, p.shape()));
                long there = names.stream().filter(saved::containsKey).count();
                if (there != 0 && there != names.size()) {
                    throw new FormatException("%s: of the optimizer's state %s there are only %d of %d", source, names,
                            there, names.size());
                }
            });
        }
        saved.forEach((name, a) -> {
            if (!a.shape().equals(known.get(name)) || a.dtype() != DType.FLOAT32) {
                throw new FormatException("%s does not fit the optimizer: it has %s %s, but %s is wanted", source, name,
                        a, known.containsKey(name) ? known.get(name) : "no such state");
            }
        });
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
