package dev.sextant.kernels.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sextant.kernels.ptx.Elf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The simulated driver has every symbol that JCuda binds: a missing one would end the JVM at its first call.
class DriverSymbolsTest {

    @Test
    void noneIsMissing() throws IOException {
        Path library = Path.of(System.getProperty("java.library.path"), "libJCudaDriver-12.6.0-linux-x86_64.so");
        assumeTrue(Files.exists(library), "the list is that of JCuda's Linux library");
        var bound = Elf.read(library).undefinedSymbols().stream().filter(s -> s.startsWith("cu"))
                .collect(Collectors.toCollection(TreeSet::new));
        Path list = Path.of(System.getProperty("kernels.basedir"), "src/sim/cpp/driver_symbols.cpp");
        var defined = Pattern.compile("^UNSUPPORTED\\((\\w+)\\)", Pattern.MULTILINE).matcher(Files.readString(list))
                .results().map(m -> m.group(1)).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(bound.size() > 300, "read " + bound.size() + " symbols");
        assertEquals(bound, defined);
    }
}
