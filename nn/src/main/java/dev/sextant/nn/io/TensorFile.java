package dev.sextant.nn.io;

import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// Named tensors in a file: safetensors, or a state dictionary saved by PyTorch.
public interface TensorFile extends AutoCloseable {
    /// Opens a file of either kind; which one, its first bytes say. Close it when the tensors have been read.
    ///
    /// @throws FormatException if it is damaged, or neither
    static TensorFile open(Path path) throws IOException {
        byte[] start;
        try (var in = Files.newInputStream(path)) {
            start = in.readNBytes(4);
        }
        boolean zip = start.length == 4 && start[0] == 'P' && start[1] == 'K';
        // Protocol 2, then the magic number: as a safetensors header, it would have 176 MB.
        boolean pickle = Arrays.equals(start, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});
        return zip || pickle ? PthFile.open(path) : SafeTensors.open(path);
    }

    /// The shapes of all tensors by name, in the file's order.
    Map<String, Shape> shapes();

    /// Whether a tensor holds floating numbers.
    boolean isFloating(String name);

    /// A tensor as an array on a device: floating ones as float32, integers as int32.
    NDArray array(String name, Device device);

    @Override
    void close();
}
