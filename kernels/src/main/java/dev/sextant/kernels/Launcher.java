package dev.sextant.kernels;

import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.driver.CudaContext;
import dev.sextant.kernels.driver.CudaFunction.Dim;
import dev.sextant.kernels.driver.DeviceMemory;
import dev.sextant.kernels.driver.LaunchParameters;
import dev.sextant.kernels.driver.Modules;
import java.lang.ref.Reference;
import java.util.function.ObjIntConsumer;

/// What every kernel family needs: dense arrays to read, a dense array to write, and the launch.
///
/// A launch's parameters are collected in one block per thread. So arrays are made dense (which may launch a copy)
/// before [LaunchParameters#begin].
record Launcher(CudaContext context, Modules modules, DeviceMemory memory) {

    /// The array itself, or a row-major copy of a view; null stays null.
    static NDArray dense(NDArray x) {
        return x == null ? null : x.contiguous();
    }

    /// As [#dense], for an operand that must be float32.
    static NDArray floats(String op, NDArray x) {
        if (x != null && x.dtype() != DType.FLOAT32) {
            throw new DTypeException("%s: cuda computes with FLOAT32, but an operand is %s; convert it first", op, x);
        }
        return dense(x);
    }

    /// Address of a dense array, 0 for null.
    static long at(NDArray x) {
        return x == null ? 0 : CudaStorage.address(x);
    }

    /// Lets `kernel` write a gradient: into the target itself, to which it adds where the second argument is 1, or into
    /// a dense array that is then written into the target.
    void into(Target target, ObjIntConsumer<NDArray> kernel) {
        if (target != null) {
            into(target.array(), target.write(), kernel);
        }
    }

    /// As above, for a result.
    void into(NDArray target, Write write, ObjIntConsumer<NDArray> kernel) {
        if (target.isContiguous()) {
            kernel.accept(target, write == Write.ADD ? 1 : 0);
            keep(target);
        } else {
            NDArray dense = NDArray.empty(target.shape(), target.dtype(), target.device());
            kernel.accept(dense, 0);
            target.device().kernels().copy(dense, target, write);
        }
    }

    /// Queues a kernel that walks `elements` in strides of its grid; none is no launch.
    ///
    /// @param arrays those whose addresses are among the parameters
    void elements(String source, String kernel, long elements, LaunchParameters parameters, NDArray... arrays) {
        context.attach();
        modules.launch(source, kernel, elements, parameters);
        keep(arrays);
    }

    /// Queues a kernel with a grid of its own; no blocks is no launch.
    void blocks(String source, String kernel, long blocks, int threads, LaunchParameters parameters,
            NDArray... arrays) {
        if (blocks > 0) {
            context.attach();
            modules.function(source, kernel).launch(Dim.of(Math.toIntExact(blocks)), Dim.of(threads), parameters);
        }
        keep(arrays);
    }

    /// Queues a kernel that sums over members, a block for each part of each number; no numbers is no launch.
    void parts(String source, String kernel, Members members, LaunchParameters parameters, NDArray... arrays) {
        if (members.numbers() > 0) {
            context.attach();
            modules.function(source, kernel).launch(new Dim(members.numbers(), members.parts(), 1),
                    Dim.of(CudaReduce.THREADS), parameters);
        }
        keep(arrays);
    }

    /// The collector must not take an array, and the pool not hand its memory on, before the launch is queued.
    static void keep(NDArray... arrays) {
        for (NDArray array : arrays) {
            Reference.reachabilityFence(array);
        }
    }
}
