package dev.sextant.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What an embedder downloads: small, ours alone, and consistent.
class DistributionTest {
    private static final long LIMIT = 1_000_000;

    @Test
    void theCoordinatePullsFourJarsOfOursAndNothingElse() throws IOException {
        var names = new TreeSet<String>();
        for (Path jar : Jars.pulled()) {
            names.add(jar.getFileName().toString().replaceAll("-[0-9].*", ""));
        }
        assertEquals(Set.of("sextant-engine", "sextant-autograd", "sextant-nn", "sextant-zoo-models"), names);
    }

    @Test
    void bothWaysStayUnderAMegabyte() throws IOException {
        long pulled = Files.size(Jars.own());
        for (Path jar : Jars.pulled()) {
            assertTrue(Files.isRegularFile(jar), jar + " is no jar: these tests run after packaging");
            pulled += Files.size(jar);
        }
        assertTrue(pulled < LIMIT, "the coordinate's jars have " + pulled + " bytes");
        assertTrue(Files.size(Jars.all()) < LIMIT, "sextant-all.jar has " + Files.size(Jars.all()) + " bytes");
    }

    @Test
    void oneFileHoldsWhatTheFourHold() throws IOException {
        var expected = new TreeSet<String>();
        for (Path jar : Jars.pulled()) {
            expected.addAll(entries(jar));
        }
        var actual = entries(Jars.all());
        actual.removeIf(name -> name.startsWith("META-INF/LICENSE") || name.startsWith("META-INF/NOTICE"));
        assertEquals(expected, actual);
        for (String name : actual) {
            assertTrue(name.startsWith("dev/sextant/") || name.startsWith("META-INF/services/dev.sextant.")
                    || name.equals("module-info.class"), name + " is not ours");
        }
    }

    private static Set<String> entries(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            return file.stream().map(e -> e.getName())
                    .filter(n -> !n.endsWith("/") && !n.equals("META-INF/MANIFEST.MF")
                            && !n.startsWith("META-INF/maven/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void theOneModuleIsTheUnionOfTheFour() throws IOException {
        ModuleDescriptor all = Jars.descriptor(Jars.all());
        assertEquals("dev.sextant", all.name());
        assertFalse(all.isAutomatic());
        List<ModuleDescriptor> parts = new ArrayList<>();
        for (Path jar : Jars.pulled()) {
            parts.add(Jars.descriptor(jar));
        }
        assertEquals(union(parts, d -> d.exports().stream().map(e -> e.source()).collect(Collectors.toSet())),
                union(List.of(all), d -> d.exports().stream().map(e -> e.source()).collect(Collectors.toSet())));
        assertEquals(union(parts, ModuleDescriptor::uses), union(List.of(all), ModuleDescriptor::uses));
        assertEquals(union(parts, DistributionTest::provided), union(List.of(all), DistributionTest::provided));
        assertEquals(union(parts, DistributionTest::required), union(List.of(all), DistributionTest::required));
        parts.forEach(d -> required(d).forEach(r -> assertTrue(r.contains("java") || r.contains("jdk"), r)));
    }

    private static Set<String> provided(ModuleDescriptor d) {
        return d.provides().stream().map(p -> p.service() + " by " + p.providers()).collect(Collectors.toSet());
    }

    /// Modules that are not ours.
    private static Set<String> required(ModuleDescriptor d) {
        return d.requires().stream().filter(r -> !r.name().startsWith("dev.sextant."))
                .map(r -> r.name() + (r.modifiers().contains(Modifier.STATIC) ? " static" : ""))
                .collect(Collectors.toSet());
    }

    private static Set<String> union(List<ModuleDescriptor> all,
            Function<ModuleDescriptor, Set<String>> what) {
        return all.stream().flatMap(d -> what.apply(d).stream()).collect(Collectors.toCollection(TreeSet::new));
    }
}
