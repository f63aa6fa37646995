package io.swarmflux.samples.topology;

import io.swarmflux.media.source.CounterSource;
import io.swarmflux.media.source.FileSource;
import io.swarmflux.media.source.InputSource;
import io.swarmflux.media.source.Looped;
import io.swarmflux.media.source.RawSegmenter;
import io.swarmflux.peer.Pace;
import io.swarmflux.segment.SegmentSource;
import io.swarmflux.topology.Source;
import io.swarmflux.topology.Topology;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the seeders of a topology generate. */
final class Sources {
    private Sources() {}

    static SegmentSource of(Topology.Seeder seeder) {
        if (seeder.feed().source() instanceof Source.Counter counter) {
            return CounterSource.of(counter.segments());
        }
        Source.Input input = (Source.Input) seeder.feed().source();
        if (input.location().equals("-")) {
            return InputSource.of("standard input", System.in)
                    .cutBy(new RawSegmenter(seeder.feed().segmentBytes()));
        }
        if (input.location().contains("://") || !Files.isReadable(Path.of(input.location()))) {
            throw new IllegalArgumentException("the seeder '" + seeder.name() + "' cannot read " + input.location()
                    + "; give a file, as seen from the current directory");
        }
        FileSource file = FileSource.of(Path.of(input.location()))
                .segmentBytes(seeder.feed().segmentBytes());
        return input.loop() ? Looped.of(file) : file;
    }

    static Pace pace(Topology.Seeder seeder) {
        io.swarmflux.topology.Pace pace = seeder.feed().pace();
        if (pace instanceof io.swarmflux.topology.Pace.None) {
            return Pace.none();
        }
        if (pace instanceof io.swarmflux.topology.Pace.Rate rate) {
            return Pace.rate(rate.bitsPerSecond());
        }
        if (seeder.feed().source() instanceof Source.Input) {
            throw new IllegalArgumentException("the seeder '" + seeder.name()
                    + "' has raw bytes, which have no clock; give it a rate such as pace: 2Mbit, or pace: none");
        }
        return Pace.realtime();
    }
}
