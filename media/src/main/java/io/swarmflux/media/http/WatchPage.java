package io.swarmflux.media.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** The files of the page, by the path they are served at. */
final class WatchPage {
    private static final String HLS_JS = "/META-INF/resources/webjars/hls.js/1.4.12/dist/hls.light.min.js";

    private WatchPage() {}

    /** One of them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Asset(String type, byte[] bytes) {}

    /** Reads them all; blocks. */
    static Map<String, Asset> assets() {
        Map<String, Asset> assets = new TreeMap<>();
        assets.put("/", new Asset("text/html; charset=utf-8", read("watch.html")));
        assets.put("/watch.css", new Asset("text/css; charset=utf-8", read("watch.css")));
        assets.put("/watch.js", new Asset("text/javascript; charset=utf-8", read("watch.js")));
        assets.put("/icon.svg", new Asset("image/svg+xml", read("icon.svg")));
        assets.put("/hls.js", new Asset("text/javascript; charset=utf-8", read(HLS_JS)));
        return assets;
    }

    private static byte[] read(String name) {
        try (InputStream in = WatchPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the class path lacks " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
