package dev.sextant.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds what somebody meant: the known word with the smallest edit distance.
public final class Nearest {
    private Nearest() {
    }

    /// The known word nearest to `word`, if one is near enough to be meant: at most a third of its letters wrong.
    public static Optional<String> of(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k -> distance(wanted, k.toLowerCase(Locale.ROOT)) <= Math.max(1, (k.length() + 1) / 3)
                        || wanted.length() >= 3 && k.toLowerCase(Locale.ROOT).startsWith(wanted))
                .min(Comparator.<String>comparingInt(k -> distance(wanted, k.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /// `; did you mean 'lenet'?`, or the whole list where nothing is near.
    public static String hint(String word, Collection<String> known) {
        return of(word, known).map(k -> "; did you mean '" + k + "'?")
                .orElseGet(() -> "; known are " + String.join(", ", known));
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (Damerau 1964, with no
    /// letter moved twice).
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
