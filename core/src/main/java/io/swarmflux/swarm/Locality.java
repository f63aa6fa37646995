package io.swarmflux.swarm;

import org.jspecify.annotations.Nullable;

/**
 * From how far away an address makes sense: the order is from everywhere to this host alone. Nothing is looked up. A name
 * may stand for any address, so it counts as near; a form that is no host and port is the transport's own business.
 */
enum Locality {
    /** No {@code host:port}: only the transport knows what it means. */
    OTHER,
    /** Reachable from everywhere. */
    GLOBAL,
    /** RFC 1918, shared (100.64/10), unique local and site-local addresses; names. */
    PRIVATE,
    /** 169.254/16, fe80::/10. */
    LINK_LOCAL,
    /** 127/8, ::1, and what older resolvers take for it. */
    LOOPBACK,
    /** No one's address: unspecified, multicast, broadcast, reserved. */
    NOBODY;

    /** Judges {@code host:port}, {@code [v6]:port}. */
    static Locality of(String address) {
        String host = host(address);
        if (host == null) {
            return OTHER;
        }
        if (host.startsWith("[")) {
            int[] groups = Ipv6Text.groups(host.substring(1, host.length() - 1));
            return groups == null ? NOBODY : ofIpv6(groups);
        }
        int[] bytes = ipv4(host);
        return bytes != null ? ofIpv4(bytes) : ofName(host);
    }

    /** The host, an IPv6 address with its brackets; null when the address has another form. */
    static @Nullable String host(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon <= 0 || port.isEmpty() || port.length() > 5 || !port.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        String host = address.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
        return bracketed || host.indexOf(':') < 0 ? host : null;
    }

    /** Four numbers with dots between, none of them with a leading zero; null for everything else. */
    static int @Nullable [] ipv4(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        int[] bytes = new int[4];
        for (int i = 0; i < 4; i++) {
            String part = parts[i];
            boolean number =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number || (part.length() > 1 && part.charAt(0) == '0') || Integer.parseInt(part) > 255) {
                return null;
            }
            bytes[i] = Integer.parseInt(part);
        }
        return bytes;
    }

    private static Locality ofIpv4(int[] at) {
        if (at[0] == 127) {
            return LOOPBACK;
        }
        if (at[0] == 169 && at[1] == 254) {
            return LINK_LOCAL;
        }
        if (at[0] == 10
                || (at[0] == 172 && at[1] >= 16 && at[1] < 32)
                || (at[0] == 192 && at[1] == 168)
                || (at[0] == 100 && at[1] >= 64 && at[1] < 128)) {
            return PRIVATE;
        }
        return at[0] == 0 || at[0] >= 224 ? NOBODY : GLOBAL;
    }

    private static Locality ofIpv6(int[] groups) {
        boolean lowOnly = true;
        for (int i = 0; i < 5; i++) {
            lowOnly &= groups[i] == 0;
        }
        if (lowOnly && groups[5] == 0xffff) {
            return ofIpv4(new int[] {groups[6] >> 8, groups[6] & 0xff, groups[7] >> 8, groups[7] & 0xff});
        }
        if (lowOnly && groups[5] == 0 && groups[6] == 0 && groups[7] <= 1) {
            return groups[7] == 1 ? LOOPBACK : NOBODY;
        }
        if ((groups[0] & 0xffc0) == 0xfe80) {
            return LINK_LOCAL;
        }
        if ((groups[0] & 0xfe00) == 0xfc00 || (groups[0] & 0xffc0) == 0xfec0) {
            return PRIVATE;
        }
        return (groups[0] & 0xe000) == 0x2000 ? GLOBAL : NOBODY; // 2000::/3 is all that is given out
    }

    /** "127.1" and "0x7f000001" are addresses to some resolvers, and "localhost" is one to all. */
    private static Locality ofName(String host) {
        String last = host.substring(host.lastIndexOf('.') + 1);
        boolean numeric = last.isEmpty() || Character.isDigit(last.charAt(0));
        return numeric || last.equalsIgnoreCase("localhost") ? LOOPBACK : PRIVATE;
    }
}
