package dev.sextant.kernels.lab;

import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.MatmulSpec;
import dev.sextant.engine.spi.Target;
import dev.sextant.engine.spi.Write;
import dev.sextant.kernels.CudaBackend;
import dev.sextant.kernels.conv.ConvAlgorithm;
import dev.sextant.kernels.conv.ConvProblem;
import dev.sextant.kernels.gemm.SgemmRung;
import dev.sextant.kernels.settings.ConvDirection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Something that the lab can run: a rung of one of the ladders.
///
/// @param rung      an [SgemmRung], or a [ConvAlgorithm]
/// @param direction of a convolution; null for a product
record LabKernel(String name, String ladder, Enum<?> rung, ConvDirection direction) {
    private static final int[] GEMM_SHAPE = {128, 128, 64};
    private static final double MOST_MULTIPLY_ADDS = 5e8;
    private static final int[] CONV_SHAPE = {1, 8, 14, 14, 16, 3, 1, 1};

    /// All of them, in the order of the ladders.
    static List<LabKernel> all() {
        List<LabKernel> all = new ArrayList<>();
        for (SgemmRung rung : SgemmRung.values()) {
            all.add(new LabKernel(rung.kernel(), "sgemm", rung, null));
        }
        for (ConvDirection direction : ConvDirection.values()) {
            String suffix = direction == ConvDirection.FORWARD ? "" : "_" + direction.name().toLowerCase(Locale.ROOT);
            for (ConvAlgorithm algorithm : ConvAlgorithm.values()) {
                // Winograd's gradient of the filter is that of implicit GEMM.
                if (direction != ConvDirection.BACKWARD_FILTER || algorithm != ConvAlgorithm.WINOGRAD) {
                    all.add(new LabKernel("conv_" + algorithm.name().toLowerCase(Locale.ROOT) + suffix, "conv" + suffix,
                            algorithm, direction));
                }
            }
        }
        return all;
    }

    /// Whether it is a rung of the SGEMM ladder.
    boolean isGemm() {
        return rung instanceof SgemmRung;
    }

    /// What its shape means.
    String shapeForm() {
        return isGemm() ? "MxNxK" : "NxCxHxWxKxR[xSTRIDE[xPAD]]";
    }

    /// The shape given, or the usual one.
    int[] shape(String text) {
        int[] usual = isGemm() ? GEMM_SHAPE : CONV_SHAPE;
        if (text == null) {
            return usual.clone();
        }
        int[] given;
        try {
            given = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
        } catch (NumberFormatException e) {
            given = new int[0];
        }
        int needed = isGemm() ? 3 : 6;
        if (given.length < needed || given.length > usual.length
                || Arrays.stream(given, 0, needed).anyMatch(d -> d < 1)) {
            throw new SextantException("gpu-lab: the shape of %s is %s, for example %s; '%s' is not", name, shapeForm(),
                    join(usual), text);
        }
        int[] shape = usual.clone();
        System.arraycopy(given, 0, shape, 0, given.length);
        if (!isGemm() && given.length == 6) {
            shape[6] = 1;
            shape[7] = 0;
        } else if (!isGemm() && given.length == 7) {
            shape[7] = 0;
        }
        return shape;
    }

    /// Whether this rung computes a geometry.
    boolean supports(int[] s) {
        return !(rung instanceof ConvAlgorithm algorithm) || algorithm.supports(ConvProblem.of(spec(s), input(s),
                filter(s), spec(s).outputShape(input(s), filter(s))));
    }

    /// Refuses what the rung does not compute, and what takes the simulator too long.
    void check(int[] s) {
        if (!supports(s)) {
            throw new SextantException("gpu-lab: %s computes 3×3 filters with stride 1 only, not %s", name, join(s));
        }
        double multiplyAdds = isGemm() ? (double) s[0] * s[1] * s[2]
                : (double) spec(s).outputShape(input(s), filter(s)).size() * s[1] * s[5] * s[5];
        if (multiplyAdds > MOST_MULTIPLY_ADDS) {
            throw new SextantException(
                    "gpu-lab: %s are %.2g multiply-adds; a traced run takes a minute for %.0g, which is "
                            + "the most that is allowed. Counts per element are the same for a smaller shape",
                    join(s),
                    multiplyAdds, MOST_MULTIPLY_ADDS);
        }
    }

    private static Shape input(int[] s) {
        return Shape.of(s[0], s[1], s[2], s[3]);
    }

    private static Shape filter(int[] s) {
        return Shape.of(s[4], s[1], s[5], s[5]);
    }

    private static Conv2dSpec spec(int[] s) {
        return Conv2dSpec.of(s[6], s[7]);
    }

    static String join(int[] shape) {
        return String.join("x", Arrays.stream(shape).mapToObj(Integer::toString).toList());
    }

    /// Runs it on a device with seeded numbers; returns the result.
    NDArray run(Device device, int[] s) {
        return isGemm() ? multiply(device, s) : convolve(device, s);
    }

    private NDArray multiply(Device device, int[] s) {
        NDArray y = NDArray.empty(Shape.of(s[0], s[1]), DType.FLOAT32, device);
        if (device.backend() instanceof CudaBackend cuda) {
            cuda.useSgemm((SgemmRung) rung);
        }
        device.kernels().matmul(MatmulSpec.PLAIN, numbers(1, Shape.of(s[0], s[2]), device),
                numbers(2, Shape.of(s[2], s[1]), device), y, Write.SET);
        return y;
    }

    private NDArray convolve(Device device, int[] s) {
        Shape x = input(s);
        Shape w = filter(s);
        Conv2dSpec spec = spec(s);
        Shape y = spec.outputShape(x, w);
        if (device.backend() instanceof CudaBackend cuda) {
            cuda.useConvolution((ConvAlgorithm) rung);
        }
        NDArray result = NDArray.empty(switch (direction) {
            case FORWARD -> y;
            case BACKWARD_DATA -> x;
            case BACKWARD_FILTER -> w;
        }, DType.FLOAT32, device);
        switch (direction) {
            case FORWARD -> device.kernels().conv2d(spec, numbers(1, x, device), numbers(2, w, device), null, result);
            case BACKWARD_DATA -> device.kernels().conv2dBackwardData(spec, numbers(3, y, device),
                    numbers(2, w, device), Target.set(result));
            case BACKWARD_FILTER -> device.kernels().conv2dBackwardFilter(spec, numbers(3, y, device),
                    numbers(1, x, device), Target.set(result));
        }
        return result;
    }

    private static NDArray numbers(long seed, Shape shape, Device device) {
        var random = new SplittableRandom(seed);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return NDArray.of(values, shape, device);
    }
}
