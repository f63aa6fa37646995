package io.swarmflux.samples.command;

import io.swarmflux.peer.Discovery;
import io.swarmflux.segment.StreamId;
import io.swarmflux.topology.Quantity;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How the values of options are written. */
final class Units {
    private Units() {}

    private static <T> T parsed(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /** {@code 16k}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parsed(text, Quantity::bytes);
        }
    }

    /** {@code 2.5Mbit}. */
    static final class Rate implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return parsed(text, Quantity::bitsPerSecond);
        }
    }

    /** {@code 200000}. */
    static final class Whole implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.valueOf(text);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("found '" + text + "', expected a whole number");
            }
        }
    }

    /** {@code 8}, not negative. */
    static final class Count implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("\\d{1,9}")) {
                throw new TypeConversionException("found '" + text + "', expected a whole number from 0");
            }
            return Integer.valueOf(text);
        }
    }

    /** {@code 200ms}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return parsed(text, Quantity::duration);
        }
    }

    /** {@code news}. */
    static final class StreamName implements ITypeConverter<StreamId> {
        @Override
        public StreamId convert(String text) {
            return parsed(text, StreamId::of);
        }
    }

    /** {@code 127.0.0.1:9000}. */
    static final class Address implements ITypeConverter<String> {
        private static final Pattern FORM = Pattern.compile("([^:\\s]+|\\[[0-9A-Fa-f:.%a-z]+]):(\\d{1,5})");

        @Override
        public String convert(String text) {
            var matcher = FORM.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
                throw new TypeConversionException("found '" + text + "', expected HOST:PORT such as 127.0.0.1:9000");
            }
            return text;
        }
    }

    /** {@code random}. */
    static final class StrategyName implements ITypeConverter<Discovery.Strategy> {
        @Override
        public Discovery.Strategy convert(String text) {
            for (Discovery.Strategy one : Discovery.Strategy.values()) {
                if (one.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return one;
                }
            }
            throw new TypeConversionException(
                    "found '" + text + "', expected random, bandwidth, forest, nearby or islands");
        }
    }

    /** {@code 127.0.0.1:9000}, or {@code none}. */
    static final class AddressOrNone implements ITypeConverter<String> {
        private final Address address = new Address();

        @Override
        public String convert(String text) {
            return text.equals("none") ? text : address.convert(text);
        }
    }

    /** {@code 127.0.0.1:9000}, where somebody can be dialled. */
    static final class Target implements ITypeConverter<String> {
        private final Address address = new Address();

        @Override
        public String convert(String text) {
            String found = address.convert(text);
            if (found.matches(".*:0+")) {
                throw new TypeConversionException(
                        "found '" + text + "', expected the port where somebody listens; port 0 is only to listen");
            }
            return found;
        }
    }
}
