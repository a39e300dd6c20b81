package dev.sextant.contract;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.BatchNormSpec;
import dev.sextant.engine.op.Conv2dSpec;
import dev.sextant.engine.op.Pair;
import dev.sextant.engine.op.UnarySpec;
import dev.sextant.engine.spi.Write;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Fused kernels against the oracle, which runs the composition step by step.
public interface FusedContract {
    /// As in [NormContract].
    double CLOSE = 0x1p-16;

    /// The device under test.
    Device device();

    /// Planes of one pixel, of several per sum, and of several sums each; lanes to spare.
    private static List<Shape> shapes() {
        return List.of(Shape.of(2, 3, 5, 7), Shape.of(37, 17, 3, 3), Shape.of(3, 33, 24, 25), Shape.of(7, 16, 1, 1),
                Shape.of(5, 80, 6, 6), Shape.of(8, 5));
    }

    @TestFactory
    default Stream<DynamicTest> batchNormWithWhatIsAroundIt() {
        return shapes().stream().map(shape -> DynamicTest.dynamicTest("x " + shape, () -> {
            for (UnarySpec act : List.of(UnarySpec.RELU, UnarySpec.SIGMOID)) {
                for (boolean training : new boolean[] {true, false}) {
                    var spec = new BatchNormSpec(1e-5, 0.1, training, act);
                    for (Form form : List.of(Form.NATIVE, Form.SLICED)) {
                        for (boolean residual : new boolean[] {true, false}) {
                            batchNorm(spec, shape, form, residual, false, Write.SET);
                            batchNorm(spec, shape, form, residual, true, Write.ADD);
                        }
                    }
                }
            }
        }));
    }

    private void batchNorm(BatchNormSpec spec, Shape shape, Form form, boolean adds, boolean inPlace, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of a " + form + " x" + (adds ? " plus a residual, " : ", ") + write;
        Shape perChannel = Shape.of(shape.dim(1));
        Twin x = rig.numbers(shape, form);
        Twin residual = adds ? rig.numbers(shape, form) : null;
        Twin gamma = rig.numbers(perChannel, 0.5, 1.5, Form.DENSE);
        Twin beta = rig.numbers(perChannel, Form.DENSE);
        Twin mean = rig.numbers(perChannel, Form.DENSE);
        Twin variance = rig.numbers(perChannel, 0.5, 2, Form.DENSE);
        Twin y = rig.result(spec, shape, x.mine());
        var refAux = adds
                ? rig.ref().batchNormAdd(spec, x.ref(), residual.ref(), gamma.ref(), beta.ref(), mean.ref(),
                        variance.ref(), y.ref())
                : rig.ref().batchNorm(spec, x.ref(), gamma.ref(), beta.ref(), mean.ref(), variance.ref(), y.ref());
        var mineAux = adds
                ? rig.mine().batchNormAdd(spec, x.mine(), residual.mine(), gamma.mine(), beta.mine(), mean.mine(),
                        variance.mine(), y.mine())
                : rig.mine().batchNorm(spec, x.mine(), gamma.mine(), beta.mine(), mean.mine(), variance.mine(),
                        y.mine());
        rig.close(what, y, CLOSE);
        rig.close("running mean of " + what, mean, CLOSE);
        rig.close("running variance of " + what, variance, CLOSE);

        Twin dy = rig.numbers(shape, y.mine().isBlocked() ? Form.NATIVE : Form.DENSE);
        Twin dz = inPlace ? dy : rig.result(spec, shape, x.mine());
        Twin dx = rig.gradient(x, write);
        Twin dgamma = rig.gradient(gamma, write);
        Twin dbeta = rig.gradient(beta, write);
        rig.ref().batchNormActivationBackward(spec, dy.ref(), x.ref(), y.ref(), gamma.ref(), refAux, dz.ref(),
                Rig.ref(dx, write), Rig.ref(dgamma, write), Rig.ref(dbeta, write));
        rig.mine().batchNormActivationBackward(spec, dy.mine(), x.mine(), y.mine(), gamma.mine(), mineAux, dz.mine(),
                Rig.mine(dx, write), Rig.mine(dgamma, write), Rig.mine(dbeta, write));
        if (!inPlace) {
            rig.close("dz of " + what, dz, CLOSE);
        }
        rig.close("dx of " + what, dx, CLOSE);
        rig.close("dgamma of " + what, dgamma, CLOSE);
        rig.close("dbeta of " + what, dbeta, CLOSE);
    }

    @TestFactory
    default Stream<DynamicTest> activationAndBiasOfAConvolution() {
        return shapes().stream().filter(s -> s.rank() == 4).map(shape -> DynamicTest.dynamicTest("y " + shape, () -> {
            for (UnarySpec act : List.of(UnarySpec.RELU, UnarySpec.TANH)) {
                for (Form form : List.of(Form.NATIVE, Form.DENSE)) {
                    for (Write write : Write.values()) {
                        convolution(act, shape, form, write);
                    }
                }
            }
        }));
    }

    private void convolution(UnarySpec act, Shape shape, Form form, Write write) {
        var rig = new Rig(device(), shape.hashCode());
        var spec = new Conv2dSpec(Pair.ONE, Pair.of(0), Pair.ONE, 1, act);
        String what = act.opName() + " of a " + form + " y, " + write;
        Twin y = rig.numbers(shape, -1, 1, form);
        Twin dy = rig.numbers(shape, form);
        Twin dz = write == Write.SET ? rig.gradient(y, Write.SET) : dy;
        Twin dbias = rig.gradient(rig.numbers(Shape.of(shape.dim(1)), Form.DENSE), write);
        NDArray refDz = dz.ref();
        rig.ref().conv2dActivationBackward(spec, dy.ref(), y.ref(), refDz, Rig.ref(dbias, write));
        rig.mine().conv2dActivationBackward(spec, dy.mine(), y.mine(), dz.mine(), Rig.mine(dbias, write));
        rig.close("dz of " + what, dz, CLOSE);
        rig.close("dbias of " + what, dbias, CLOSE);
    }
}
