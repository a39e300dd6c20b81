package dev.sextant.nn.data;

/// One image `[channels, height, width]` inside an array of floats, to be changed in place. Channel `c`, row `y`, column
/// `x` is `values[at(c, y, x)]`.
public final class Pixels {
    final float[] scratch;
    private final int channels;
    private final int height;
    private final int width;
    private float[] values;
    private int offset;

    Pixels(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.scratch = new float[height * width];
    }

    /// Moves on to another image of the same size.
    Pixels moveTo(float[] newValues, int newOffset) {
        values = newValues;
        offset = newOffset;
        return this;
    }

    /// The array that holds this image, and others beside it.
    public float[] values() {
        return values;
    }

    /// Where a pixel is in [#values].
    public int at(int channel, int y, int x) {
        return offset + (channel * height + y) * width + x;
    }

    public int channels() {
        return channels;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }
}
