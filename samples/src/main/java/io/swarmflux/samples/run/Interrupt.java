package io.swarmflux.samples.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What Ctrl-C and a polite kill do while this is open: they ask to leave, wait for the report to be written, and exit
 * with the code of {@link #exits}.
 */
public final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook;
    private volatile int code = 1;

    private Interrupt(Runnable leave) {
        this.hook = new Thread(() -> {
            leave.run();
            try {
                boolean unused = written.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(code);
        });
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Listens for the signals.
     *
     * @param leave asks to leave, without waiting
     * @return to be closed once the report is written
     */
    public static Interrupt calls(Runnable leave) {
        return new Interrupt(leave);
    }

    /**
     * Sets how the process ends when it was interrupted.
     *
     * @param exitCode for the shell
     * @return the same code
     */
    public int exits(int exitCode) {
        code = exitCode;
        return exitCode;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            written.countDown(); // the process is ending already, and the hook waits for this
        }
    }
}
