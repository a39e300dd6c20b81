package dev.sextant.zoo;

import dev.sextant.autograd.Convolution;
import dev.sextant.autograd.Shaping;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.nn.Layer;
import dev.sextant.nn.Walk;
import java.util.Arrays;
import java.util.List;

/// A convolution whose output maps see only some of the input maps, one kernel per connection (LeCun et al., 1998,
/// table I). The kernels are spread into an ordinary filter bank with zeros where there is no connection, so that
/// gradients reach exactly the kernels that exist.
///
/// Parameters: `weight` `[connections, 1, R, S]`, `bias` `[K]`.
public final class SparseConv extends Layer {
    private final int[][] table;
    private final int kernel;

    /// @param table  for every output map, the input maps it reads
    /// @param kernel height and width of the kernels
    public SparseConv(int[][] table, int kernel) {
        this.table = Arrays.stream(table).map(int[]::clone).toArray(int[][]::new);
        this.kernel = kernel;
    }

    private int connections() {
        return Arrays.stream(table).mapToInt(row -> row.length).sum();
    }

    @Override
    protected void build(Shape in) {
        parameter("weight", Shape.of(connections(), 1, kernel, kernel), null);
        parameter("bias", Shape.of(table.length), null);
    }

    /// For every (output, input) pair, the number of its kernel; pairs without one point at an extra kernel of zeros.
    private int[] places(int inputs) {
        int[] place = new int[table.length * inputs];
        Arrays.fill(place, connections());
        int next = 0;
        for (int k = 0; k < table.length; k++) {
            for (int c : table[k]) {
                place[k * inputs + c] = next++;
            }
        }
        return place;
    }

    @Override
    public Var forward(Var x) {
        int inputs = x.shape().dim(1);
        int[] places = places(inputs);
        Var none = Var.of(NDArray.zeros(Shape.of(1, 1, kernel, kernel), DType.FLOAT32, x.device()));
        Var kernels = Shaping.concat(0, List.of(leaf("weight"), none));
        Var bank = Shaping.indexSelect(kernels, 0, NDArray.of(places, Shape.of(places.length), x.device()));
        Var w = Shaping.reshape(bank, table.length, inputs, kernel, kernel);
        return Convolution.conv2d(Conv2dSpec.of(1, 0), x, w, leaf("bias"));
    }

    @Override
    protected Shape outputShape(Shape in, Walk walk) {
        return Conv2dSpec.of(1, 0).outputShape(in, Shape.of(table.length, in.dim(1), kernel, kernel));
    }

    @Override
    public long macs(Shape in) {
        Shape out = Conv2dSpec.of(1, 0).outputShape(in, Shape.of(table.length, in.dim(1), kernel, kernel));
        return (long) in.dim(0) * connections() * kernel * kernel * out.dim(2) * out.dim(3);
    }
}
