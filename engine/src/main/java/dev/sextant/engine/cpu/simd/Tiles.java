package dev.sextant.engine.cpu.simd;

/// The blocks that this machine can run, and the choice among them for a product's shape. All shapes are ones that
/// the compiler keeps free of register spills; a spilled accumulator would halve the speed.
final class Tiles {
    private static final Tile[] ALL = switch (VectorSupport.LANES) {
        case 16 -> new Tile[] {new Avx512Tile12x32(), new Avx512Tile6x64(),
            new Avx512Tile8x32(), new Avx512Tile24x16(), new Avx512Tile4x64(), new Avx512Tile1x64()};
        case 8 -> new Tile[] {new Avx2Tile4x16(), new Avx2Tile3x24(), new Avx2Tile8x8(), new Avx2Tile1x32()};
        default -> new Tile[] {new ScalarTile()};
    };

    private Tiles() {
    }

    /// The block that wastes least on an `m × n` result, counting padding and the loads per multiply-add. A function
    /// of the shape and the instruction set alone.
    static Tile forShape(int m, int n) {
        Tile best = null;
        double bestCost = Double.POSITIVE_INFINITY;
        for (Tile t : ALL) {
            double padded = (double) Math.ceilDiv(m, t.rows) * t.rows * Math.ceilDiv(n, t.columns) * t.columns;
            double cost = padded * costPerElement(t.rows, t.columns);
            if (cost < bestCost) {
                bestCost = cost;
                best = t;
            }
        }
        return best;
    }

    /// The name of a packed product for traces: `gemm 14x32`.
    static String named(String form, int m, int n) {
        Tile tile = forShape(m, n);
        return form + " " + tile.rows + "x" + tile.columns;
    }

    // Two multiply-adds and two loads can start in a cycle; eight multiply-adds must be under way to hide their
    // latency; a vector that straddles cache lines counts as two loads; and every tile is stored once.
    static double costPerElement(int rows, int columns) {
        double vectors = (double) columns / VectorSupport.LANES;
        double accumulators = rows * vectors;
        double loads = (rows + 2 * vectors) / accumulators;
        return Math.max(Math.max(1, loads), 8 / accumulators) + 4 / accumulators;
    }
}
