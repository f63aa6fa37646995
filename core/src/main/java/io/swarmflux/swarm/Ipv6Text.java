package io.swarmflux.swarm;

import org.jspecify.annotations.Nullable;

/** The text form of an IPv6 address, RFC 4291 section 2.2, without a zone. */
final class Ipv6Text {
    private static final int GROUPS = 8;

    private Ipv6Text() {}

    /** The eight groups; null when the text is none, or names a zone, which means something on one host only. */
    static int @Nullable [] groups(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return null;
        }
        int[] head = part(gap < 0 ? text : text.substring(0, gap));
        int[] tail = gap < 0 ? new int[0] : part(text.substring(gap + 2));
        if (head == null || tail == null) {
            return null;
        }
        int zeros = GROUPS - head.length - tail.length;
        if (gap < 0 ? zeros != 0 : zeros < 1) {
            return null;
        }
        int[] groups = new int[GROUPS];
        System.arraycopy(head, 0, groups, 0, head.length);
        System.arraycopy(tail, 0, groups, GROUPS - tail.length, tail.length);
        return groups;
    }

    private static int @Nullable [] part(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] words = text.split(":", -1);
        int[] v4 = Locality.ipv4(words[words.length - 1]);
        int[] groups = new int[words.length + (v4 == null ? 0 : 1)];
        for (int i = 0; i < words.length; i++) {
            if (v4 != null && i == words.length - 1) {
                groups[i] = v4[0] << 8 | v4[1];
                groups[i + 1] = v4[2] << 8 | v4[3];
            } else if (words[i].isEmpty()
                    || words[i].length() > 4
                    || !words[i].chars().allMatch(Ipv6Text::isHex)) {
                return null;
            } else {
                groups[i] = Integer.parseInt(words[i], 16);
            }
        }
        return groups;
    }

    private static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
