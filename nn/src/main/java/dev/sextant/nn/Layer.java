package dev.sextant.nn;

import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.error.ShapeException;
import dev.sextant.engine.trace.Place;
import dev.sextant.nn.init.Init;
import dev.sextant.nn.init.InitPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A piece of a network: parameters, buffers, children, and a forward pass. Gradients come from the operations that
/// [#forward] calls, so a layer of one's own needs no backward pass.
public abstract class Layer {
    private final Map<String, Layer> children = new LinkedHashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, NDArray> buffers = new LinkedHashMap<>();
    // Replaced as a whole, so that a hook may be closed while hooks run.
    private volatile List<Installed> hooks = List.of();
    // As its parent calls it; a layer that is nobody's child is called by its type.
    private String name;
    private boolean training = true;
    private boolean fused = true;

    /// Watches what goes into and comes out of a layer; owned by whoever installed it.
    @FunctionalInterface
    public interface Hook {
        /// Called after the layer's forward pass.
        void onForward(Layer layer, Var in, Var out);
    }

    /// Ends a hook's installation.
    @FunctionalInterface
    public interface HookHandle extends AutoCloseable {
        @Override
        void close();
    }

    /// One installation of a hook. Closed, it refers to neither hook nor layer, so that nothing is kept alive by it.
    private static final class Installed implements HookHandle {
        private Layer layer;
        private volatile Hook hook;

        Installed(Layer layer, Hook hook) {
            this.layer = layer;
            this.hook = hook;
        }

        @Override
        public void close() {
            if (layer != null) {
                layer.uninstall(this);
                layer = null;
                hook = null;
            }
        }
    }

    // ---- to be written by layers ----

    /// Computes the output.
    public abstract Var forward(Var x);

    /// Computes the output, in `place` if the layer can put it there; it need not. For layers whose last operation can
    /// write where it is told, and for containers, which ask their last child.
    ///
    /// @param place from [dev.sextant.autograd.Room#next], shaped like the output; or null
    protected Var forward(Var x, NDArray place) {
        return forward(x);
    }

    /// Shape of the output, nothing computed; containers walk their children with [#walk].
    protected abstract Shape outputShape(Shape in, Walk walk);

    /// Declares the parameters and buffers for an input of this shape; called once.
    protected void build(Shape in) {
    }

    /// Multiply-adds of convolutions and linear layers in one forward pass on `in`, children not included.
    public long macs(Shape in) {
        return 0;
    }

    /// What one output sees of the image, for an input whose elements see `in`. A layer whose outputs stand at the same
    /// places as its inputs changes nothing; containers are asked for their children only.
    ///
    /// @param input shape of the input, batch included
    protected ReceptiveField receptiveField(ReceptiveField in, Shape input) {
        return in;
    }

    /// The layer's type as summaries print it.
    public String typeName() {
        return getClass().getSimpleName();
    }

    // ---- running ----

    /// Runs the layer and its hooks; containers call this for their children.
    public final Var apply(Var x) {
        return apply(x, null);
    }

    /// Runs the layer and its hooks, with the output in `place` if the layer can put it there.
    ///
    /// @param place from [dev.sextant.autograd.Room#next], or null
    public final Var apply(Var x, NDArray place) {
        Var y = Place.in(placeName(), () -> place == null ? forward(x) : forward(x, place));
        runHooks(x, y);
        return y;
    }

    /// What it is called in messages about memory.
    final String placeName() {
        return name == null ? typeName() : name;
    }

    private void runHooks(Var x, Var y) {
        for (Installed installed : hooks) {
            Hook hook = installed.hook;
            if (hook != null) {
                hook.onForward(this, x, y);
            }
        }
    }

    /// Runs the layer for training: its output, and where it has auxiliary heads, theirs after it.
    ///
    /// @see dev.sextant.nn.train.Task#loss(List, dev.sextant.engine.NDArray)
    public final List<Var> applyAll(Var x) {
        List<Var> outputs = Place.in(placeName(), () -> forwardAll(x));
        runHooks(x, outputs.getFirst());
        return outputs;
    }

    /// The output and those of auxiliary heads; a model that has such heads overrides it.
    protected List<Var> forwardAll(Var x) {
        return List.of(forward(x));
    }

    /// Walks shapes through the layer without computing.
    ///
    /// @return shape of the output
    public final Shape walk(Shape in, Walk walk) {
        walk.enter(this, in);
        Shape out = outputShape(in, walk);
        walk.leave(this, in, out);
        return out;
    }

    /// Shape of the output for an input of shape `in`, batch included.
    ///
    /// @throws ShapeException naming the layer that does not fit and the shapes up to it
    public final Shape check(Shape in) {
        var trail = new ShapeTrail(this);
        try {
            return walk(in, trail);
        } catch (ShapeException e) {
            throw trail.explain(e);
        }
    }

    /// Creates every parameter for inputs of shape `in` and fills it: the layer's own wish first, else the policy's.
    /// Values depend on the seed and the parameter's position alone. Parameters that have values keep them.
    public final void initialize(Shape in, Device device, long seed, InitPolicy policy) {
        declare(in);
        int[] stream = {0};
        visit("", (path, layer) -> layer.parameters.values().forEach(p -> {
            int index = stream[0]++;
            if (!p.isInitialized()) {
                Init init = p.init() != null ? p.init() : policy.choose(layer, p);
                float[] values = init.sample(p.shape(), seed, index);
                p.assign(Scope.outside(() -> Place.in("parameters", () -> NDArray.of(values, p.shape(), device))));
            }
        }));
        visit("", (path, layer) -> layer.buffers.replaceAll((name, b) -> isCounter(b) ? b
                : Scope.outside(() -> b.to(device))));
    }

    /// Integers are counted and read on the host: on a device, each count would wait for all that is queued there.
    private static boolean isCounter(NDArray buffer) {
        return buffer.dtype() == DType.INT32;
    }

    /// Creates every parameter for inputs of shape `in` without values: names and shapes are known, and weights can be
    /// loaded. `initialize` fills those that have no values then.
    public final void declare(Shape in) {
        walk(in, new Walk() {
            @Override
            public void enter(Layer layer, Shape shape) {
                if (layer.parameters.isEmpty() && layer.buffers.isEmpty()) {
                    Scope.outside(() -> {
                        layer.build(shape);
                        return null;
                    });
                }
            }
        });
    }

    /// As `initialize` above with PyTorch's default initialisation.
    public final void initialize(Shape in, Device device, long seed) {
        initialize(in, device, seed, InitPolicy.PYTORCH);
    }

    /// How many parameters the layer would declare for an input of this shape; declares none.
    final long plannedParameters(Shape in) {
        build(in);
        long count = parameters.values().stream().mapToLong(p -> p.shape().size()).sum();
        parameters.clear();
        buffers.clear();
        return count;
    }

    // ---- structure ----

    /// Adds a child under a name; returns it.
    protected final <L extends Layer> L child(String name, L layer) {
        if (children.putIfAbsent(name, layer) != null) {
            throw new SextantException("%s has two children named '%s'", typeName(), name);
        }
        ((Layer) layer).name = name;
        return layer;
    }

    /// Declares a parameter; `init` may be null to leave it to the policy.
    protected final Parameter parameter(String name, Shape shape, Init init) {
        var p = new Parameter(name, shape, init);
        parameters.put(name, p);
        return p;
    }

    /// Declares a buffer: state that is saved but not learned.
    protected final void buffer(String name, NDArray value) {
        buffers.put(name, value);
    }

    /// A buffer by name.
    public final NDArray buffer(String name) {
        return buffers.get(name);
    }

    /// The layer's own buffers, children not included.
    public final Map<String, NDArray> buffers() {
        return Collections.unmodifiableMap(buffers);
    }

    /// The layer's own parameter of that name, or null if it has none (yet).
    public final Parameter parameter(String name) {
        return parameters.get(name);
    }

    /// What operations use of the layer's own parameter.
    ///
    /// @throws SextantException if the model has not been initialised
    protected final Var leaf(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new SextantException("layer %s has no parameter '%s' yet: call model.initialize(inputShape, device, "
                    + "seed) before the first forward pass", typeName(), name);
        }
        return parameter.var();
    }

    /// The direct children by name, in order.
    public final Map<String, Layer> children() {
        return Collections.unmodifiableMap(children);
    }

    /// The layer's own parameters, children not included.
    public final Map<String, Parameter> ownParameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /// Something done to every layer.
    @FunctionalInterface
    public interface Visitor {
        /// @param path name of the layer from the root (`features.0`); the root's own is empty
        void visit(String path, Layer layer);
    }

    /// Visits this layer and everything below it, in order of definition.
    public final void visit(String path, Visitor visitor) {
        visitor.visit(path, this);
        children.forEach((name, layer) -> layer.visit(path.isEmpty() ? name : path + "." + name, visitor));
    }

    /// All parameters by full name, in order of definition.
    public final Map<String, Parameter> parameters() {
        Map<String, Parameter> all = new LinkedHashMap<>();
        visit("", (path, layer) -> layer.parameters.forEach(
                (name, p) -> all.put(path.isEmpty() ? name : path + "." + name, p)));
        return all;
    }

    /// Parameters and buffers by full name, in the order of PyTorch's state dictionary.
    public final Map<String, NDArray> state() {
        Map<String, NDArray> all = new LinkedHashMap<>();
        visit("", (path, layer) -> {
            String prefix = path.isEmpty() ? "" : path + ".";
            layer.parameters.forEach((name, p) -> all.put(prefix + name, p.value()));
            layer.buffers.forEach((name, b) -> all.put(prefix + name, b));
        });
        return all;
    }

    /// Shapes of parameters and buffers by full name, in the order of [#state]; values are not needed.
    public final Map<String, Shape> stateShapes() {
        Map<String, Shape> all = new LinkedHashMap<>();
        visit("", (path, layer) -> {
            String prefix = path.isEmpty() ? "" : path + ".";
            layer.parameters.forEach((name, p) -> all.put(prefix + name, p.shape()));
            layer.buffers.forEach((name, b) -> all.put(prefix + name, b.shape()));
        });
        return all;
    }

    /// Number of learned values.
    public final long parameterCount() {
        return parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
    }

    /// Freezes (or thaws) every parameter whose full name matches the pattern, for example `features\..*`.
    ///
    /// @return how many matched
    public final int freeze(String pattern, boolean on) {
        var matching = parameters().entrySet().stream().filter(e -> e.getKey().matches(pattern)).toList();
        matching.forEach(e -> e.getValue().freeze(on));
        return matching.size();
    }

    // ---- modes ----

    /// Switches dropout on and batch norm to the batch's statistics, here and below.
    public final Layer train() {
        visit("", (path, layer) -> layer.training = true);
        return this;
    }

    /// Switches dropout off and batch norm to the running statistics, here and below.
    public final Layer eval() {
        visit("", (path, layer) -> layer.training = false);
        return this;
    }

    /// Whether the layer is in training mode.
    public final boolean isTraining() {
        return training;
    }

    /// Whether containers may join neighbours into fused operations, here and below. The results agree within
    /// rounding; off, every layer runs by itself and can be stepped through.
    public final Layer fuse(boolean on) {
        visit("", (path, layer) -> layer.fused = on);
        return this;
    }

    final boolean mayFuse() {
        return fused && hooks.isEmpty();
    }

    /// Watches this layer until the handle is closed. A hooked layer is never fused with a neighbour.
    public final synchronized HookHandle onForward(Hook hook) {
        var installed = new Installed(this, hook);
        List<Installed> more = new ArrayList<>(hooks);
        more.add(installed);
        hooks = List.copyOf(more);
        return installed;
    }

    private synchronized void uninstall(Installed installed) {
        hooks = hooks.stream().filter(h -> h != installed).toList();
    }

    /// Floating buffers as float64, for [LayerCheck].
    final void widenBuffers() {
        buffers.replaceAll((name, b) -> b.dtype().isFloating() ? b.cast(DType.FLOAT64) : b);
    }

    /// A small constant array for a buffer; `initialize` moves it to the model's device.
    static NDArray constant(Shape shape, double value) {
        return NDArray.full(shape, value, DType.FLOAT32, Device.ref());
    }
}
