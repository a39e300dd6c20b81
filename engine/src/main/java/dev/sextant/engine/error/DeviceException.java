package dev.sextant.engine.error;

/// Arrays on different devices, an unknown device, or a device that failed.
public class DeviceException extends SextantException {
    private static final long serialVersionUID = 1L;

    /// @see SextantException#SextantException(String, Object...)
    public DeviceException(String format, Object... args) {
        super(format, args);
    }

    /// @see SextantException#SextantException(Throwable, String, Object...)
    public DeviceException(Throwable cause, String format, Object... args) {
        super(cause, format, args);
    }
}
