package dev.sextant.nn.optim;

import static dev.sextant.nn.Layers.batchNorm;
import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.layerNorm;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.sequence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sextant.autograd.Arithmetic;
import dev.sextant.autograd.Var;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.op.OptimizerSpec;
import dev.sextant.nn.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Weight decay pulls at weights alone.
class DecayGroupsTest {

    @Test
    void biasesAndNormalisationsAreFree() {
        var net = sequence(conv(4, 3), batchNorm(), sequence(layerNorm(3), flatten(), linear(2)));
        net.initialize(Shape.of(1, 1, 6, 6), Device.ref(), 1);
        var spec = new OptimizerSpec.Sgd(0.5, 0, 0, 0.1, false);
        List<Optimizer.Group> groups = Optimizer.decayGroups(spec, net);
        assertEquals(Set.of("0.weight", "2.2.weight"), groups.get(0).parameters().keySet());
        assertEquals(Set.of("0.bias", "1.weight", "1.bias", "2.0.weight", "2.0.bias", "2.2.bias"),
                groups.get(1).parameters().keySet());
        var names = new ArrayList<String>();
        groups.forEach(g -> names.addAll(g.parameters().keySet()));
        assertEquals(net.parameters().keySet(), Set.copyOf(names));

        // With gradients of zero only decay moves: p − lr·λ·p.
        Parameter weight = net.parameters().get("0.weight");
        Parameter scale = net.parameters().get("1.weight");
        float[] before = weight.value().toFloats();
        float[] scaleBefore = scale.value().toFloats();
        Var zero = Var.of(NDArray.full(Shape.of(1, 1, 6, 6), 0, DType.FLOAT32, Device.ref()));
        Var out = Arithmetic.mul(net.apply(zero), 0);
        out.backward(NDArray.full(out.shape(), 0, DType.FLOAT32, Device.ref()));
        new Optimizer(groups).step();
        float[] expected = before.clone();
        for (int i = 0; i < expected.length; i++) {
            expected[i] -= 0.5f * 0.1f * before[i];
        }
        assertArrayEquals(expected, weight.value().toFloats(), 1e-6f);
        assertArrayEquals(scaleBefore, scale.value().toFloats());
    }

    @Test
    void everyRuleKeepsTheRestOfItself() {
        for (OptimizerSpec spec : List.of(new OptimizerSpec.Sgd(1, 0.9, 0.1, 0.2, false),
                new OptimizerSpec.Adam(1, 0.8, 0.9, 1e-7, 0.2, true, true),
                new OptimizerSpec.RmsProp(1, 0.9, 1e-7, 0.2, 0.3, true),
                new OptimizerSpec.Adagrad(1, 0.1, 0.2, 1e-9), new OptimizerSpec.Adadelta(1, 0.8, 1e-5, 0.2))) {
            String changed = spec.withWeightDecay(0).toString();
            assertEquals(spec.toString().replace("weightDecay=0.2", "weightDecay=0.0"), changed);
        }
    }
}
