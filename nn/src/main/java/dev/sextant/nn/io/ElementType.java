package dev.sextant.nn.io;

import java.nio.ByteBuffer;

/// Element types of PyTorch's storages.
enum ElementType {
    FLOAT("Float", 4), DOUBLE("Double", 8), HALF("Half", 2), BFLOAT16("BFloat16", 2),
    LONG("Long", 8), INT("Int", 4), SHORT("Short", 2), CHAR("Char", 1), BYTE("Byte", 1), BOOL("Bool", 1);

    private final String prefix;
    private final int bytes;

    ElementType(String prefix, int bytes) {
        this.prefix = prefix;
        this.bytes = bytes;
    }

    /// The type of a storage class, `FloatStorage` for example; null for others.
    static ElementType ofStorage(String name) {
        for (ElementType t : values()) {
            if (name.equals(t.prefix + "Storage")) {
                return t;
            }
        }
        return null;
    }

    int bytes() {
        return bytes;
    }

    boolean isFloating() {
        return ordinal() <= BFLOAT16.ordinal();
    }

    /// A floating element.
    float floatAt(ByteBuffer in, int position) {
        return switch (this) {
            case FLOAT -> in.getFloat(position);
            case DOUBLE -> (float) in.getDouble(position);
            case HALF -> Float.float16ToFloat(in.getShort(position));
            case BFLOAT16 -> Float.intBitsToFloat(in.getShort(position) << 16);
            default -> longAt(in, position);
        };
    }

    /// An integer element.
    long longAt(ByteBuffer in, int position) {
        return switch (this) {
            case LONG -> in.getLong(position);
            case INT -> in.getInt(position);
            case SHORT -> in.getShort(position);
            case CHAR -> in.get(position);
            case BYTE, BOOL -> in.get(position) & 0xFF;
            default -> (long) floatAt(in, position);
        };
    }
}
