package io.swarmflux.topology;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The name that a misspelt one was probably meant to be. */
final class NearMiss {
    private NearMiss() {}

    /** The nearest of the known names, if one is near: a letter or two wrong, missing, too many or swapped. */
    static Optional<String> of(String name, Collection<String> known) {
        int allowed = name.length() <= 3 ? 1 : 2;
        record Candidate(String name, int distance) {}
        return known.stream()
                .filter(other -> Math.abs(other.length() - name.length()) <= allowed && !other.equals(name))
                .map(other -> new Candidate(other, distance(name, other)))
                .filter(candidate -> candidate.distance() <= allowed
                        && candidate.distance() < candidate.name().length())
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /** Edits between two words, where swapping two neighbours is one edit. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
