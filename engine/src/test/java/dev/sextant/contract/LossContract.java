package dev.sextant.contract;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.contract.Rig.Twin;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DataException;
import dev.sextant.engine.op.CrossEntropySpec;
import dev.sextant.engine.op.ElementLossSpec;
import dev.sextant.engine.op.Reduction;
import dev.sextant.engine.spi.Write;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Losses against the oracle.
public interface LossContract {
    /// As for sums, with room for an exponential and a logarithm.
    double CLOSE = 0x1p-17;

    /// The device under test.
    Device device();

    @TestFactory
    default Stream<DynamicTest> crossEntropy() {
        return Stream.of(Shape.of(1, 2), Shape.of(5, 10), Shape.of(256, 10), Shape.of(7, 33), Shape.of(2, 4, 3, 5),
                Shape.of(3, 17, 2)).map(shape -> DynamicTest.dynamicTest("logits " + shape, () -> {
                    for (Reduction reduction : Reduction.values()) {
                        for (double smoothing : new double[] {0, 0.1}) {
                            for (boolean weighted : new boolean[] {false, true}) {
                                for (Form form : List.of(Form.DENSE, Form.TRANSPOSED, Form.SLICED)) {
                                    entropy(new CrossEntropySpec(reduction, smoothing, -100, false), shape, weighted,
                                            form);
                                    entropy(new CrossEntropySpec(reduction, smoothing, 1, false), shape, weighted,
                                            form);
                                    entropy(new CrossEntropySpec(reduction, smoothing, -100, true), shape, weighted,
                                            form);
                                }
                            }
                        }
                    }
                }));
    }

    private void entropy(CrossEntropySpec spec, Shape shape, boolean weighted, Form form) {
        var rig = new Rig(device(), shape.hashCode());
        String what = spec + " of " + form + " logits " + shape;
        int classes = shape.dim(1);
        Twin logits = rig.numbers(shape, -9, 9, form);
        Twin target = spec.probabilities() ? rig.numbers(shape, 0, 1, Form.DENSE)
                : rig.integers(shape.without(1), classes);
        if (!spec.probabilities()) {
            // One label that certainly counts.
            int[] labels = target.ref().toInts();
            labels[0] = 0;
            target = new Twin(NDArray.of(labels, shape.without(1), Device.ref()),
                    NDArray.of(labels, shape.without(1), device()));
        }
        Twin weight = weighted ? rig.numbers(Shape.of(classes), 0.5, 2, Form.DENSE) : null;
        Twin loss = scalarOr(spec.outputShape(shape, target.ref().shape()));
        var refAux = rig.ref().crossEntropy(spec, logits.ref(), target.ref(), Twin.ref(weight), loss.ref());
        var mineAux = rig.mine().crossEntropy(spec, logits.mine(), target.mine(), Twin.mine(weight), loss.mine());
        rig.close(what, loss, CLOSE);
        Twin dloss = rig.numbers(loss.ref().shape(), Form.DENSE);
        for (Write write : Write.values()) {
            Twin dlogits = rig.gradient(logits, write);
            rig.ref().crossEntropyBackward(spec, logits.ref(), target.ref(), Twin.ref(weight), dloss.ref(), refAux,
                    Rig.ref(dlogits, write));
            rig.mine().crossEntropyBackward(spec, logits.mine(), target.mine(), Twin.mine(weight), dloss.mine(),
                    mineAux, Rig.mine(dlogits, write));
            rig.close("gradient " + write + " of " + what, dlogits, CLOSE);
        }
    }

    @Test
    default void hugeLogitsStayFinite() {
        var rig = new Rig(device(), 1);
        Twin logits = rig.twin(new float[] {1000, 10, 1000, -1000, 0, 1000}, Shape.of(2, 3), Form.DENSE);
        int[] labels = {0, 0};
        Twin loss = scalarOr(Shape.of(2));
        var spec = new CrossEntropySpec(Reduction.NONE, 0, -100, false);
        rig.ref().crossEntropy(spec, logits.ref(), NDArray.of(labels, Shape.of(2), Device.ref()), null, loss.ref());
        rig.mine().crossEntropy(spec, logits.mine(), NDArray.of(labels, Shape.of(2), device()), null, loss.mine());
        rig.close("cross-entropy of huge logits", loss, CLOSE);
    }

    @Test
    default void aLabelOutsideTheClassesIsNamed() {
        NDArray logits = NDArray.zeros(Shape.of(2, 3), DType.FLOAT32, device());
        NDArray labels = NDArray.of(new int[] {0, 3}, Shape.of(2), device());
        NDArray loss = NDArray.zeros(Shape.scalar(), DType.FLOAT32, device());
        var e = assertThrows(DataException.class,
                () -> device().kernels().crossEntropy(CrossEntropySpec.MEAN, logits, labels, null, loss));
        assertTrue(e.getMessage().contains("label 3") && e.getMessage().contains("0..2"), e.getMessage());
    }

    @TestFactory
    default Stream<DynamicTest> elementLosses() {
        return Arrays.stream(ElementLossSpec.Kind.values()).map(kind -> DynamicTest.dynamicTest(kind.name(), () -> {
            for (Reduction reduction : Reduction.values()) {
                for (boolean weighted : new boolean[] {false, true}) {
                    for (Form form : List.of(Form.DENSE, Form.TRANSPOSED, Form.SLICED)) {
                        for (Shape shape : List.of(Shape.of(4, 5), Shape.of(3, 33), Shape.of(2, 3, 4, 5))) {
                            element(new ElementLossSpec(kind, reduction, 0.8), shape, weighted, form);
                        }
                    }
                }
            }
        }));
    }

    private void element(ElementLossSpec spec, Shape shape, boolean weighted, Form form) {
        var rig = new Rig(device(), shape.hashCode());
        boolean nll = spec.kind() == ElementLossSpec.Kind.NLL;
        boolean takesWeight = nll || spec.kind() == ElementLossSpec.Kind.BCE_WITH_LOGITS;
        String what = spec + " of a " + form + " input " + shape;
        Twin input = rig.numbers(shape, form);
        Twin target = nll ? rig.integers(shape.without(1), shape.dim(1)) : rig.numbers(shape, 0, 1, form);
        Twin weight = weighted && takesWeight
                ? rig.numbers(Shape.of(shape.dim(nll ? 1 : -1)), 0.5, 2, Form.DENSE)
                : null;
        Twin loss = scalarOr(spec.outputShape(shape, target.ref().shape()));
        rig.ref().elementLoss(spec, input.ref(), target.ref(), Twin.ref(weight), loss.ref());
        rig.mine().elementLoss(spec, input.mine(), target.mine(), Twin.mine(weight), loss.mine());
        rig.close(what, loss, CLOSE);
        Twin dloss = rig.numbers(loss.ref().shape(), Form.DENSE);
        for (Write write : Write.values()) {
            Twin dinput = rig.gradient(input, write);
            Twin dtarget = nll ? null : rig.gradient(target, write);
            rig.ref().elementLossBackward(spec, input.ref(), target.ref(), Twin.ref(weight), dloss.ref(),
                    Rig.ref(dinput, write), Rig.ref(dtarget, write));
            rig.mine().elementLossBackward(spec, input.mine(), target.mine(), Twin.mine(weight), dloss.mine(),
                    Rig.mine(dinput, write), Rig.mine(dtarget, write));
            rig.close("dinput " + write + " of " + what, dinput, CLOSE);
            if (dtarget != null) {
                rig.close("dtarget " + write + " of " + what, dtarget, CLOSE);
            }
        }
    }

    private Twin scalarOr(Shape shape) {
        return new Twin(NDArray.full(shape, Double.NaN, DType.FLOAT32, Device.ref()),
                NDArray.full(shape, Double.NaN, DType.FLOAT32, device()));
    }
}
