package dev.sextant.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {

    @Test
    void countsInsertionsDeletionsReplacementsAndSwaps() {
        assertEquals(0, Nearest.distance("lenet", "lenet"));
        assertEquals(1, Nearest.distance("lenet", "lenett"));
        assertEquals(1, Nearest.distance("lenet", "lnet"));
        assertEquals(1, Nearest.distance("lenet", "lemet"));
        assertEquals(1, Nearest.distance("lenet", "elnet"));
        assertEquals(3, Nearest.distance("kitten", "sitting"));
        assertEquals(4, Nearest.distance("", "four"));
    }

    @Test
    void takesTheNearestAndNothingFar() {
        var known = List.of("simd", "ref", "cuda");
        assertEquals(Optional.of("simd"), Nearest.of("smid", known));
        assertEquals(Optional.empty(), Nearest.of("quantum", known));
        assertEquals("; known are simd, ref, cuda", Nearest.hint("quantum", known));
    }

    @Test
    void lettersMatchInTurkishToo() {
        Locale usual = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            assertEquals(Optional.of("simd"), Nearest.of("SIMD", List.of("simd")));
        } finally {
            Locale.setDefault(usual);
        }
    }
}
