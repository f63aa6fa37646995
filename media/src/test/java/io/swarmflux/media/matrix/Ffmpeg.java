package io.swarmflux.media.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The ffmpeg of this machine, which makes media and judges what came of it. */
final class Ffmpeg {
    private static final int SECONDS = 30;

    private Ffmpeg() {}

    /** Whether this ffmpeg can write a codec. */
    static boolean encodes(String codec) {
        return run(List.of("ffmpeg", "-v", "error", "-h", "encoder=" + codec)).contains("Encoder " + codec);
    }

    /** Makes five seconds of picture and sound, or of what the options leave of them. */
    static void make(Path file, List<String> options) {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
        command.addAll(List.of("-f", "lavfi", "-i", "testsrc=size=160x120:rate=25:duration=5"));
        command.addAll(List.of("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=5"));
        command.addAll(options);
        command.add(file.toString());
        assertThat(run(command)).as("%s", command).isEmpty();
    }

    /** What a decoder complains of. */
    static String complaints(Path file) {
        return run(List.of("ffmpeg", "-v", "error", "-i", file.toString(), "-f", "null", "-"));
    }

    /** How many packets there are in the first stream. */
    static long packets(Path file) {
        String count = run(List.of(
                "ffprobe",
                "-v",
                "error",
                "-select_streams",
                "0",
                "-count_packets",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                file.toString()));
        return Long.parseLong(count.strip().lines().findFirst().orElse("0").replaceAll("\\D", ""));
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
            return said;
        } catch (IOException e) {
            throw new AssertionError(command + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
