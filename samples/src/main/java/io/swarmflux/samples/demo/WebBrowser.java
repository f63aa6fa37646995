package io.swarmflux.samples.demo;

import io.swarmflux.samples.run.Log;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The browser of whoever sits here. */
public final class WebBrowser {
    private WebBrowser() {}

    /**
     * Opens a page, if there is a browser that the system knows of; otherwise says what to do.
     *
     * @param address of the page
     */
    public static void open(String address) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        List<String> command = system.contains("mac")
                ? List.of("open", address)
                : system.contains("win")
                        ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                        : List.of("xdg-open", address);
        try {
            new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            Log.info("demo", "found no browser to open; open " + address + " yourself");
        }
    }
}
