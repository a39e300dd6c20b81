package dev.sextant.zoo.examples;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.engine.random.Philox;
import dev.sextant.nn.data.ArrayBatches;

/// Two classes in the plane that no straight line separates: a disc and the ring around it.
final class Rings {
    private Rings() {
    }

    /// `count` points with radius up to 1 (class 0) or between 1.2 and 2 (class 1).
    static ArrayBatches of(int count, long seed) {
        float[] angle = Philox.uniform(seed, 0, count, 0, 2 * Math.PI);
        float[] radius = Philox.uniform(seed, 1, count, 0, 1);
        float[] x = new float[2 * count];
        int[] y = new int[count];
        for (int i = 0; i < count; i++) {
            y[i] = i % 2;
            double r = y[i] == 0 ? radius[i] : 1.2 + 0.8 * radius[i];
            x[2 * i] = (float) (r * Math.cos(angle[i]));
            x[2 * i + 1] = (float) (r * Math.sin(angle[i]));
        }
        return ArrayBatches.of(Shape.of(2), x, y, Device.standard());
    }
}
