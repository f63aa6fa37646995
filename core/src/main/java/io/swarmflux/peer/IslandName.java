package io.swarmflux.peer;

/** What the island is called in ways. Members that meet go on with the smaller of their numbers. Inside the strand. */
final class IslandName {
    private long number;
    private String text;
    private boolean agreed;

    /** Nobody has said anything: it has the number of this member. */
    IslandName(long number) {
        this.number = number;
        this.text = textOf(number);
    }

    private static String textOf(long number) {
        return "island:" + Long.toHexString(number);
    }

    long number() {
        return number;
    }

    /** This member has told it: others may use it now. */
    void told() {
        agreed = true;
    }

    /** Another member says what it is called; answers whether that has changed it. Who has not told any takes what it hears. */
    boolean adopts(long other) {
        boolean takes = !agreed || Long.compareUnsigned(other, number) < 0;
        agreed = true;
        if (!takes || other == number) {
            return false;
        }
        number = other;
        text = textOf(other);
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}
