package io.swarmflux.samples.command;

import io.swarmflux.peer.Island;
import io.swarmflux.topology.MulticastGroup;
import io.swarmflux.transport.multicast.MulticastTransport;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The island that a peer belongs to. */
final class IslandOptions {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @Option(
            names = "--island",
            paramLabel = "GROUP:PORT[@INTERFACE]",
            converter = Group.class,
            description =
                    "Take and give the stream by multicast on this LAN: IPv4 group, port, and the interface by name"
                            + " or address where there are several, for example 239.1.2.3:5000@eth0. 'island probe' says"
                            + " whether that works. Default: links only.")
    private @Nullable String island;

    @Option(
            names = "--island-secret-file",
            paramLabel = "FILE",
            description = "At least 16 bytes that all members share: only they can read and send. Default: anybody"
                    + " on the LAN can.")
    private @Nullable Path secret;

    @Option(
            names = "--gateways",
            paramLabel = "N",
            description = "Among how many members bringing the stream in is divided, 1 to 64; the same at all members."
                    + " Default: 2.")
    private @Nullable Integer gateways;

    /** The island that was asked for; null for none. */
    @Nullable
    Island island() {
        String group = island;
        if (group == null) {
            if (secret != null || gateways != null) {
                throw usage((secret != null ? "--island-secret-file" : "--gateways")
                        + " needs --island GROUP:PORT[@INTERFACE] beside it");
            }
            return null;
        }
        try {
            MulticastTransport transport = MulticastTransport.create();
            Island asked = Island.of(secret == null ? transport : transport.secret(secret), group);
            return gateways == null ? asked : asked.gateways(gateways);
        } catch (IllegalArgumentException e) {
            throw usage(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private ParameterException usage(String text) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), text);
    }

    /** {@code 239.1.2.3:5000@eth0}. */
    static final class Group implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            try {
                MulticastGroup unused = MulticastGroup.of(text);
                return text;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
