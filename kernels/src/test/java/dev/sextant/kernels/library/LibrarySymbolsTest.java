package dev.sextant.kernels.library;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The doubles have every symbol that JCuda binds: a missing one would end the JVM at its first call.
class LibrarySymbolsTest {

    @ParameterizedTest
    @CsvSource({"cublas, JCublas2, 400", "cudnn, JCudnn, 200"})
    void noneIsMissing(String prefix, String library, int atLeast) throws IOException {
        Path natives = Path.of(System.getProperty("java.library.path"), "lib" + library + "-12.6.0-linux-x86_64.so");
        assumeTrue(Files.exists(natives), "the list is that of JCuda's Linux library");
        var bound = Elf.read(natives).undefinedSymbols().stream().filter(s -> s.startsWith(prefix))
                .collect(Collectors.toCollection(TreeSet::new));
        Path list = Path.of(System.getProperty("kernels.basedir"), "src/sim/doubles", prefix + "_symbols.cpp");
        var defined = Pattern.compile("UNSUPPORTED\\((" + prefix + "\\w+)\\)").matcher(Files.readString(list)).results()
                .map(m -> m.group(1)).collect(Collectors.toCollection(TreeSet::new));
        assertTrue(bound.size() > atLeast, "read " + bound.size() + " symbols");
        assertEquals(bound, defined);
    }
}
