package io.swarmflux.topology;

import java.util.List;

/** A node of a YAML file and where it begins. */
sealed interface Yaml {
    /** Where it begins. */
    Place at();

    /** How many nodes it stands for, aliases counted in full. */
    long size();

    /** What a message calls it. */
    String described();

    /** Text, which may be a number; what it means is for the reader of a field to say. */
    record Scalar(Place at, String text, boolean plain) implements Yaml {
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public long size() {
            return 1;
        }

        @Override
        public String described() {
            return isNothing() ? "nothing" : Quantity.quoted(text);
        }
    }

    /** A list. */
    record Sequence(Place at, List<Yaml> items, long size) implements Yaml {
        @Override
        public String described() {
            return "a list";
        }
    }

    /** Names and values in the order of the file; a name may be there twice. */
    record Mapping(Place at, List<Entry> entries, long size) implements Yaml {
        @Override
        public String described() {
            return "a mapping";
        }
    }

    /** A name and its value. */
    record Entry(Scalar key, Yaml value) {}
}
