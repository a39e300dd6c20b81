package dev.sextant.nn.hostile;

import dev.sextant.engine.Device;
import dev.sextant.engine.error.FormatException;
import dev.sextant.nn.data.Idx;
import dev.sextant.nn.io.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the fuzzer calls with bytes of its own making: each target must return, or throw what the reader promises.
/// Whatever else a reader throws goes through and is a finding.
final class FuzzTargets {
    private FuzzTargets() {
    }

    /// Reads every tensor of a safetensors file.
    public static final class ReadSafeTensors {
        private static final Path FILE = Path.of("input.safetensors");

        private ReadSafeTensors() {
        }

        /// Called by the fuzzer.
        public static void fuzzerTestOneInput(byte[] content) throws IOException {
            Files.write(FILE, content);
            try (var in = SafeTensors.open(FILE)) {
                for (String name : in.entries().keySet()) {
                    in.array(name, Device.ref());
                }
            } catch (FormatException e) {
                requireOneLine(e);
            }
        }
    }

    /// Reads an IDX file, gzipped or not.
    public static final class ReadIdx {
        private ReadIdx() {
        }

        /// Called by the fuzzer.
        public static void fuzzerTestOneInput(byte[] content) {
            try {
                Idx idx = Idx.parse("fuzzed", content);
                if (idx.bytes().length != idx.shape().size()) {
                    throw new IllegalStateException(idx.shape() + " with " + idx.bytes().length + " bytes");
                }
            } catch (FormatException e) {
                requireOneLine(e);
            }
        }
    }

    /// A reader with a bug that only bytes after a certain start reach: proof that the fuzzer would find one.
    public static final class Planted {
        private Planted() {
        }

        /// Called by the fuzzer.
        public static void fuzzerTestOneInput(byte[] content) {
            if (content.length > 2 && content[0] == 'S' && content[1] == 'T' && content[2] < 0) {
                throw new ArrayIndexOutOfBoundsException(content[2]);
            }
        }
    }

    private static void requireOneLine(FormatException e) {
        if (e.getMessage() == null || e.getMessage().length() < 10) {
            throw new IllegalStateException("an error without a message", e);
        }
    }
}
