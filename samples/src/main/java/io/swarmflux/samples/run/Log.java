package io.swarmflux.samples.run;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import reactor.util.Loggers;

/** What the command says while it runs: one line each, on standard error. */
public final class Log {
    private static final Logger OURS = Logger.getLogger("io.swarmflux");
    private static final Logger EVERYBODY = Logger.getLogger("");

    private Log() {}

    /** Sends every line to standard error; libraries only speak when something is wrong. */
    public static void toStandardError() {
        // Otherwise Reactor's own console logger writes to standard output, where media and results go.
        Loggers.useJdkLoggers();
        for (Handler handler : EVERYBODY.getHandlers()) {
            EVERYBODY.removeHandler(handler);
        }
        ConsoleHandler handler = new ConsoleHandler();
        handler.setLevel(Level.ALL);
        handler.setFormatter(new OneLine());
        EVERYBODY.addHandler(handler);
        EVERYBODY.setLevel(Level.WARNING);
        OURS.setLevel(Level.INFO);
    }

    /** Only warnings from here on, for commands that draw on the terminal. */
    public static void onlyWarnings() {
        OURS.setLevel(Level.WARNING);
    }

    /** Silence from here on, for commands whose result says it all. */
    public static void nothing() {
        OURS.setLevel(Level.OFF);
    }

    /**
     * Says something.
     *
     * @param who the peer it is about
     * @param what one line
     */
    public static void info(String who, String what) {
        OURS.log(Level.INFO, "{0}: {1}", new Object[] {who, what});
    }

    /**
     * Says that something is wrong and the command goes on.
     *
     * @param who the peer it is about
     * @param what one line
     */
    public static void warn(String who, String what) {
        OURS.log(Level.WARNING, "{0}: {1}", new Object[] {who, what});
    }

    /** Time, level when it is not ordinary, and the message, with the causes of a failure on the same line. */
    private static final class OneLine extends Formatter {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

        @Override
        public String format(LogRecord line) {
            StringBuilder text = new StringBuilder(TIME.format(Instant.ofEpochMilli(line.getMillis())));
            if (line.getLevel().intValue() > Level.INFO.intValue()) {
                text.append(' ').append(line.getLevel().getName());
            }
            text.append(' ').append(formatMessage(line));
            for (Throwable cause = line.getThrown(); cause != null; cause = cause.getCause()) {
                text.append(" | ").append(cause);
            }
            return text.toString()
                            .lines()
                            .reduce((one, next) -> one + " / " + next)
                            .orElse("") + "\n";
        }
    }
}
