package dev.sextant.nn.data;

import dev.sextant.engine.Shape;
import java.util.List;

/// Some images of another data set; the pixels are not copied.
final class Subset implements Dataset {
    private final Dataset whole;
    private final int[] indices;

    Subset(Dataset whole, int[] indices) {
        this.whole = whole;
        this.indices = indices;
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Shape imageShape() {
        return whole.imageShape();
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public int label(int index) {
        return whole.label(indices[index]);
    }

    @Override
    public void readImage(int index, byte[] target, int offset) {
        whole.readImage(indices[index], target, offset);
    }
}
