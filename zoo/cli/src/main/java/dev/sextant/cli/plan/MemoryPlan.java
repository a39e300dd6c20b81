package dev.sextant.cli.plan;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.trace.HostMemory;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.Layer;
import dev.sextant.nn.data.Batch;
import dev.sextant.nn.data.BatchSource;
import dev.sextant.nn.optim.Optimizer;
import dev.sextant.nn.train.Progress;
import dev.sextant.nn.train.Task;
import dev.sextant.nn.train.Trainer;
import dev.sextant.nn.train.TrainingListener;
import dev.sextant.zoo.Network;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// The memory of one training: planned with shapes alone, or measured. Both run the same trainer.
///
/// @param parameters bytes of the weights
/// @param gradients  bytes of their gradients
/// @param others     bytes of buffers and optimizer state
/// @param temporary  the most bytes in use at once beside them: images, activations and their gradients, and what kernels
///                   keep between forward and backward. Working memory of the kernels' threads is not in it.
/// @param stepSeconds time of a step: of the fastest one measured, or NaN
public record MemoryPlan(long parameters, long gradients, long others, long temporary, double stepSeconds) {
    /// The second step is the first with gradients and optimizer state in place.
    private static final int PLANNED_STEPS = 2;

    /// All of it.
    public long total() {
        return parameters + gradients + others + temporary;
    }

    /// Plans a training with plain SGD. Nothing is allocated but what one kernel needs for two images, to see what it
    /// takes beside its arguments.
    ///
    /// @param network not initialised; its parameters have no values afterwards
    /// @param rates   how fast the device is, or null if the time is of no interest
    public static MemoryPlan of(Network network, int batch, Device device, Rates rates) {
        return inOwnThread(() -> planned(network, batch, device, rates));
    }

    private static MemoryPlan planned(Network network, int batch, Device device, Rates rates) {
        var backend = new PlanBackend(device, batch);
        Device shapes = Device.of(backend);
        Layer model = network.model();
        PlanBackend.fill(model, network.inputShape(batch), shapes);
        long before = backend.unpooledBytes();
        run(network, batch, shapes, PLANNED_STEPS);
        double seconds = rates == null ? Double.NaN : backend.work().seconds(rates.perSecond()) / PLANNED_STEPS;
        return of(model, backend.unpooledBytes() - before, backend.highWaterBytes(), seconds);
    }

    /// Trains a few steps on noise and reports what that took.
    ///
    /// @param network initialised
    public static MemoryPlan measure(Network network, int batch, Device device, int steps) {
        return inOwnThread(() -> {
            double fastest = run(network, batch, device, steps);
            long gradients = network.model().parameters().values().stream().map(p -> p.var().grad())
                    .filter(g -> g != null).mapToLong(MemoryPlan::bytes).sum();
            return of(network.model(), gradients, HostMemory.highWaterBytes(), fastest);
        });
    }

    /// A new thread has a pool of its own, in which nothing has happened yet and which goes when it ends.
    private static MemoryPlan inOwnThread(Supplier<MemoryPlan> body) {
        var task = new FutureTask<>(body::get);
        Thread.ofPlatform().name("sextant-plan").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Error error -> throw error;
                case SextantException known -> throw known;
                default -> throw new SextantException(e.getCause(), "plan: %s", e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SextantException(e, "plan: interrupted");
        }
    }

    /// @param made bytes of what training made outside scopes: gradients and optimizer state
    private static MemoryPlan of(Layer model, long made, long temporary, double seconds) {
        long state = model.state().values().stream().mapToLong(MemoryPlan::bytes).sum();
        long parameters = model.parameters().values().stream().mapToLong(p -> bytes(p.value())).sum();
        return new MemoryPlan(parameters, made, state - parameters, temporary, seconds);
    }

    private static long bytes(NDArray a) {
        return a.size() * a.dtype().bytes();
    }

    private static double run(Network network, int batch, Device device, int steps) {
        Task task = network.task();
        Layer model = network.model();
        var noise = new Noise(network.inputShape(batch), task == Task.REGRESSION ? network.classes() : 0, device,
                steps);
        var last = new long[] {System.nanoTime()};
        var fastest = new double[] {Double.POSITIVE_INFINITY};
        new Trainer(model, Optimizer.sgd(0.01, model.parameters()), task,
                noise, null, 0).listen(new TrainingListener() {
                    @Override
                    public void onStep(Progress p) {
                        long now = System.nanoTime();
                        fastest[0] = Math.min(fastest[0], (now - last[0]) / 1e9);
                        last[0] = now;
                    }
                }).run(1);
        return fastest[0];
    }

    /// Batches of grey images and of class 0, or of as many targets.
    private record Noise(Shape shape, int targets, Device device, int steps) implements BatchSource {
        @Override
        public Iterator<Batch> epoch(int epoch, int fromStep) {
            return new Iterator<>() {
                private int next = fromStep;

                @Override
                public boolean hasNext() {
                    return next < steps;
                }

                /// Made when asked for, in the scope of the step.
                @Override
                public Batch next() {
                    NDArray images = NDArray.full(shape, 0.5, DType.FLOAT32, device);
                    NDArray wanted = targets == 0 ? NDArray.zeros(Shape.of(shape.dim(0)), DType.INT32, device)
                            : NDArray.zeros(Shape.of(shape.dim(0), targets), DType.FLOAT32, device);
                    return new Batch(epoch, next++, images, wanted);
                }
            };
        }
    }
}
