package io.swarmflux.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;

/** Programs that only tests need: a test is skipped, with a reason, where one is missing. */
public final class Needed {
    private Needed() {}

    /**
     * Skips the test where there is no ffmpeg.
     *
     * @throws InterruptedException when the test is to end
     */
    public static void ffmpeg() throws InterruptedException {
        assumeTrue(runs("ffmpeg") && runs("ffprobe"), "ffmpeg is not installed (Debian package: ffmpeg)");
    }

    private static boolean runs(String program) throws InterruptedException {
        try {
            return new ProcessBuilder(program, "-version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        }
    }
}
