package io.swarmflux.topology;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes, rates, durations and shares as people type them, in files and on the command line.
 *
 * <pre>
 *  size      512  16k  4M  1G              bytes; k, M and G are powers of 1,024
 *  rate      800bit  500kbit  2.5Mbit  1Gbit   bits a second; k, M and G are powers of 1,000
 *  duration  250us  200ms  3s  5min  1h    0 needs no unit
 *  share     0.02  2%                      from 0 to 1
 * </pre>
 *
 * <p>What cannot be read fails with {@link IllegalArgumentException}, whose message names the value and the cure:
 * {@code found '3 parsecs', expected a duration such as 200ms, 3s, 5min or 1h}.
 */
public final class Quantity {
    static final String SIZE = "a size in bytes such as 512, 16k, 4M or 1G";
    static final String RATE = "a rate such as 800bit, 500kbit, 2.5Mbit or 1Gbit";
    static final String DURATION = "a duration such as 200ms, 3s, 5min or 1h";
    static final String SHARE = "a share from 0 to 1 such as 0.02 or 2%";

    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([A-Za-z%]{0,5})");

    private static final Map<String, Long> SIZES = Map.of("", 1L, "k", 1L << 10, "M", 1L << 20, "G", 1L << 30);
    private static final Map<String, Long> RATES =
            Map.of("bit", 1L, "kbit", 1_000L, "Mbit", 1_000_000L, "Gbit", 1_000_000_000L);
    private static final Map<String, Long> DURATIONS = Map.of(
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "min", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final Map<String, Long> SHARES = Map.of("", 100L, "%", 1L);

    private Quantity() {}

    /**
     * Reads a size.
     *
     * @param text for example {@code 16k}
     * @return bytes, not negative
     */
    public static long bytes(String text) {
        return whole(text, SIZES, SIZE);
    }

    /**
     * Reads a rate. The unit must be there: a bare number says nothing about bits or bytes.
     *
     * @param text for example {@code 2Mbit}
     * @return bits a second, not negative
     */
    public static long bitsPerSecond(String text) {
        return whole(text, RATES, RATE);
    }

    /**
     * Reads a duration.
     *
     * @param text for example {@code 200ms}
     * @return the duration, not negative
     */
    public static Duration duration(String text) {
        return text.equals("0") ? Duration.ZERO : Duration.ofNanos(whole(text, DURATIONS, DURATION));
    }

    /**
     * Reads a share of a whole.
     *
     * @param text for example {@code 2%}
     * @return from 0 to 1
     */
    public static double share(String text) {
        BigDecimal percent = scaled(text, SHARES, SHARE);
        if (percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw unreadable(text, SHARE);
        }
        return percent.movePointLeft(2).doubleValue();
    }

    /**
     * Writes a size so that {@link #bytes} reads it back.
     *
     * @param bytes not negative
     * @return for example {@code 16k}
     */
    public static String bytes(long bytes) {
        return written(bytes, SIZES);
    }

    /**
     * Writes a rate so that {@link #bitsPerSecond(String)} reads it back.
     *
     * @param bitsPerSecond not negative
     * @return for example {@code 2Mbit}
     */
    public static String bitsPerSecond(long bitsPerSecond) {
        return written(bitsPerSecond, RATES);
    }

    /**
     * Writes a duration so that {@link #duration(String)} reads it back, to the microsecond.
     *
     * @param duration not negative
     * @return for example {@code 200ms}
     */
    public static String duration(Duration duration) {
        return duration.isZero() ? "0" : written(duration.toNanos() / 1_000 * 1_000, DURATIONS);
    }

    /**
     * Writes a share as a percentage.
     *
     * @param share from 0 to 1
     * @return for example {@code 2%}
     */
    public static String share(double share) {
        return BigDecimal.valueOf(share)
                        .movePointRight(2)
                        .setScale(4, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + "%";
    }

    private static long whole(String text, Map<String, Long> units, String expected) {
        BigDecimal value = scaled(text, units, expected);
        try {
            return value.longValueExact();
        } catch (ArithmeticException e) {
            throw unreadable(text, expected);
        }
    }

    private static BigDecimal scaled(String text, Map<String, Long> units, String expected) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw unreadable(text, expected);
        }
        Long unit = units.get(matcher.group(2));
        if (unit == null) {
            throw unreadable(text, expected);
        }
        return new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
    }

    private static String written(long value, Map<String, Long> units) {
        Map.Entry<String, Long> best = units.entrySet().stream()
                .filter(unit -> value % unit.getValue() == 0 && (value != 0 || unit.getValue() == 1))
                .max(Map.Entry.comparingByValue())
                .orElseThrow();
        return value / best.getValue() + best.getKey();
    }

    private static IllegalArgumentException unreadable(String text, String expected) {
        return new IllegalArgumentException("found " + quoted(text) + ", expected " + cure(text, expected));
    }

    /** What is expected, with the reason when the text is a number below zero. */
    static String cure(String text, String expected) {
        return text.startsWith("-") ? expected + ", not negative" : expected;
    }

    /** A value as messages show it: on one line, in quotes, not too long. */
    static String quoted(String text) {
        UnaryOperator<String> visible = s -> s.codePoints()
                .collect(StringBuilder::new, Quantity::show, StringBuilder::append)
                .toString();
        return text.codePointCount(0, text.length()) <= 60
                ? "'" + visible.apply(text) + "'"
                : "'" + visible.apply(text.substring(0, text.offsetByCodePoints(0, 57))) + "…'";
    }

    private static void show(StringBuilder out, int codePoint) {
        switch (codePoint) {
            case '\n' -> out.append("\\n");
            case '\t' -> out.append("\\t");
            default -> {
                if (Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.LINE_SEPARATOR) {
                    out.append(String.format("\\u%04x", codePoint));
                } else {
                    out.appendCodePoint(codePoint);
                }
            }
        }
    }
}
