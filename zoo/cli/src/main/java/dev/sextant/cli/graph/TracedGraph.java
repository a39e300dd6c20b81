package dev.sextant.cli.graph;

import dev.sextant.autograd.Var;
import dev.sextant.engine.NDArray;
import dev.sextant.nn.Layer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The operations of one forward pass as autograd recorded them, each with the layer that ran it. Nothing is fused.
///
/// @param model      whose operations they are
/// @param input      the images
/// @param root       what was computed last: logits, or a loss
/// @param nodes      the operations that lead from the input to the root, each after those whose results it takes
/// @param parameters full names of the model's parameters by value
public record TracedGraph(Layer model, Var input, Var root, List<Node> nodes, Map<Var, String> parameters) {

    /// One operation.
    ///
    /// @param path  name of the innermost layer that ran it; empty for the model itself, and for what follows it
    /// @param layer that layer; null for what follows the model, such as a loss
    /// @param value the result, which knows its operation and inputs
    public record Node(String path, Layer layer, Var value) {
    }

    private record Owner(String path, Layer layer) {
    }

    /// Runs a model once, in the mode it is in.
    ///
    /// @param model initialised
    /// @param head  makes the root from the model's output and those of its auxiliary heads
    public static TracedGraph of(Layer model, NDArray images, Function<List<Var>, Var> head) {
        Map<Var, Owner> owners = new HashMap<>();
        List<Layer.HookHandle> hooks = new ArrayList<>();
        Var input = Var.leaf(images);
        Var root;
        // A hooked layer is never fused; inner layers report before outer ones, so what is left is the outer one's own.
        try {
            model.visit("", (path, layer) -> hooks.add(layer.onForward(
                    (l, in, out) -> claim(new Owner(path, l), in, out, owners))));
            List<Var> outputs = model.applyAll(input);
            root = head.apply(outputs);
            outputs.forEach(out -> claim(new Owner("", model), input, out, owners));
        } finally {
            hooks.forEach(Layer.HookHandle::close);
        }
        Map<Var, String> names = new HashMap<>();
        model.parameters().forEach((name, p) -> names.put(p.var(), name));
        Set<Var> fromInput = descendants(input, root);
        List<Node> nodes = new ArrayList<>();
        for (Var v : inOrder(root)) {
            if (v != input && fromInput.contains(v)) {
                Owner owner = owners.getOrDefault(v, new Owner("", null));
                nodes.add(new Node(owner.path, owner.layer, v));
            }
        }
        return new TracedGraph(model, input, root, List.copyOf(nodes), names);
    }

    /// Gives every operation between `in` and `out` that has no owner yet to this one. Those that have one belong to
    /// layers inside, and may stand between the layer's own.
    private static void claim(Owner owner, Var in, Var out, Map<Var, Owner> owners) {
        Set<Var> seen = new HashSet<>(Set.of(in));
        Deque<Var> open = new ArrayDeque<>(List.of(out));
        while (!open.isEmpty()) {
            Var v = open.pop();
            if (v.op() != null && seen.add(v)) {
                owners.putIfAbsent(v, owner);
                open.addAll(v.parents());
            }
        }
    }

    /// Everything that leads to `root`, each value after its operation's inputs.
    private static List<Var> inOrder(Var root) {
        List<Var> order = new ArrayList<>();
        Set<Var> seen = new HashSet<>();
        Set<Var> done = new HashSet<>();
        Deque<Var> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Var v = open.peek();
            if (seen.add(v)) {
                v.parents().reversed().stream().filter(p -> !seen.contains(p)).forEach(open::push);
            } else {
                open.pop();
                if (done.add(v)) {
                    order.add(v);
                }
            }
        }
        return order;
    }

    private static Set<Var> descendants(Var input, Var root) {
        Set<Var> found = new HashSet<>(Set.of(input));
        for (Var v : inOrder(root)) {
            if (v.parents().stream().anyMatch(found::contains)) {
                found.add(v);
            }
        }
        return found;
    }
}
