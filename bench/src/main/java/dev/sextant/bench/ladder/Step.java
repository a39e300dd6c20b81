package dev.sextant.bench.ladder;

import dev.sextant.bench.Formula;
import dev.sextant.engine.CpuSettings;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Write;

/// The rungs in order. The first six compute one product of two square matrices, the others one convolution with
/// 64 → 64 channels and a 3 × 3 filter, a layer of ResNet-18 at 96 × 96 pixels.
enum Step {
    NAIVE("the formula, three loops", "`bench/ladder/PlainProducts.naive`"),
    BLOCKED("blocks that stay in the first-level cache, innermost along rows", "`bench/ladder/PlainProducts.blocked`"),
    PACKED("panels packed in the order they are read, a register tile of plain numbers",
            "`PackedGemm` over `ScalarTile`", 1),
    AVX2("a tile of 8 vectors of 8 lanes", "`PackedGemm` over `Avx2Tile4x16`", 8),
    AVX512("a tile of 24 vectors of 16 lanes", "`PackedGemm` over `Avx512Tile12x32`", 16),
    THREADS("the same, cut into chunks for every processor", "`Workers`", 0),
    CONV_NAIVE("convolution by the formula, seven loops, one thread", "`ref/RefConv`, `--conv naive`", "naive"),
    IM2COL("its patches written down, then a product", "`Im2col`, `--conv im2col`", "im2col"),
    IMPLICIT_GEMM("the same product with no patches: an offset table over blocked channels",
            "`BlockedConv`, `--conv implicit-gemm`", "implicit-gemm"),
    WINOGRAD("tiles of 4 × 4 pixels with a quarter of the multiplications", "`WinogradConv`, `--conv winograd`",
            "winograd");

    /// Rows, columns and depth of the product.
    static final int SIZE = 512;
    /// Images of the convolution; channels and pixels of a side.
    static final int BATCH = 32;
    static final int CHANNELS = 64;
    static final int SIDE = 24;

    private final String idea;
    private final String where;
    /// What `sextant.lanes` is set to; 0 for the machine's own.
    final int lanes;
    private final String conv;

    Step(String idea, String where) {
        this(idea, where, 0, null);
    }

    Step(String idea, String where, int lanes) {
        this(idea, where, lanes, null);
    }

    Step(String idea, String where, String conv) {
        this(idea, where, 0, conv);
    }

    Step(String idea, String where, int lanes, String conv) {
        this.idea = idea;
        this.where = where;
        this.lanes = lanes;
        this.conv = conv;
    }

    /// What is new on this rung.
    String idea() {
        return idea;
    }

    /// The class to read.
    String where() {
        return where;
    }

    boolean isProduct() {
        return conv == null;
    }

    Rung measure() {
        return isProduct() ? product() : convolution();
    }

    private Rung product() {
        float[] a = Formula.uniform("a", SIZE * SIZE, 1);
        float[] b = Formula.uniform("b", SIZE * SIZE, 1);
        Shape square = Shape.of(SIZE, SIZE);
        NDArray exact = NDArray.empty(square, DType.FLOAT64, Device.ref());
        exact.device().kernels().matmul(MatmulSpec.PLAIN, inDouble(a, square), inDouble(b, square), exact, Write.SET);
        double flops = 2.0 * SIZE * SIZE * SIZE;
        if (this == NAIVE || this == BLOCKED) {
            float[] c = new float[SIZE * SIZE];
            return Rung.measure(name(), flops, () -> {
                if (this == NAIVE) {
                    PlainProducts.naive(a, b, c, SIZE, SIZE, SIZE);
                } else {
                    PlainProducts.blocked(a, b, c, SIZE, SIZE, SIZE);
                }
            }, () -> c, exact.toDoubles());
        }
        var settings = CpuSettings.defaults();
        Device device = Device.simd(this == THREADS ? settings : settings.withThreads(1));
        NDArray left = NDArray.of(a, square, device);
        NDArray right = NDArray.of(b, square, device);
        NDArray y = NDArray.empty(square, DType.FLOAT32, device);
        return Rung.measure(name(), flops,
                () -> device.kernels().matmul(MatmulSpec.PLAIN, left, right, y, Write.SET), y::toFloats,
                exact.toDoubles());
    }

    private Rung convolution() {
        Device device = Device.simd(CpuSettings.defaults().withConv(conv));
        Shape images = Shape.of(BATCH, CHANNELS, SIDE, SIDE);
        Shape filters = Shape.of(CHANNELS, CHANNELS, 3, 3);
        var spec = Conv2dSpec.of(1, 1);
        float[] values = Formula.uniform("x", Math.toIntExact(images.size()), 1);
        float[] weights = Formula.uniform("w", Math.toIntExact(filters.size()), 1);
        NDArray exact = NDArray.empty(images, DType.FLOAT64, Device.ref());
        exact.device().kernels().conv2d(spec, inDouble(values, images), inDouble(weights, filters), null, exact);
        NDArray plain = NDArray.of(values, images, device);
        NDArray w = NDArray.of(weights, filters, device);
        // The layouts that a network would give them.
        Layout layout = device.backend().layoutFor(spec, images, plain, w);
        NDArray x = NDArray.empty(images, DType.FLOAT32, layout, device);
        device.kernels().copy(plain, x, Write.SET);
        NDArray y = NDArray.empty(images, DType.FLOAT32, layout, device);
        return Rung.measure(name(), 2.0 * spec.macs(images, filters),
                () -> device.kernels().conv2d(spec, x, w, null, y), y::toFloats, exact.toDoubles());
    }

    private static NDArray inDouble(float[] values, Shape shape) {
        return NDArray.of(values, shape, Device.ref()).cast(DType.FLOAT64);
    }
}
