package dev.sextant.engine;

/// Element types. Activations and parameters are [#FLOAT32]; [#FLOAT64] exists on the `ref` device for gradient
/// checks; [#INT32] holds labels and indices.
public enum DType {
    FLOAT32("float32", 4), FLOAT64("float64", 8), INT32("int32", 4);

    private final String label;
    private final int bytes;

    DType(String label, int bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    /// Size of one element in bytes.
    public int bytes() {
        return bytes;
    }

    /// Whether gradients make sense for this type.
    public boolean isFloating() {
        return this != INT32;
    }

    @Override
    public String toString() {
        return label;
    }
}
