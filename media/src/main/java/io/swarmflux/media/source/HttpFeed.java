package io.swarmflux.media.source;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.swarmflux.media.segmenter.MediaFormat;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * What one URL gives over HTTP or HTTPS. An answer with a length is a file: when the connection breaks off, the next one goes on at the same
 * byte, and behind the last byte is the end. An answer without a length is a live stream, which has no end: the next connection is a new
 * beginning.
 */
final class HttpFeed implements Feed {
    private static final int MAX_REDIRECTS = 10;
    private static final int CONNECT_MILLIS = 5_000;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18}|\\*)");

    private final URI uri;
    private final String credentials;

    private HttpFeed(URI uri, String credentials) {
        this.uri = uri;
        this.credentials = credentials;
    }

    static HttpFeed of(String url) {
        try {
            URI given = new URI(url);
            String host = given.getHost();
            if (host == null || given.getPort() == 0 || given.getPort() > 65_535) {
                throw new IllegalArgumentException(
                        "found '" + shown(url)
                                + "', expected a host, and a port from 1 to 65535 if any, such as http://192.0.2.7:8080/live.ts");
            }
            String path = given.getRawPath().isEmpty() ? "/" : given.getRawPath();
            String query = given.getRawQuery() == null ? "" : "?" + given.getRawQuery();
            String port = given.getPort() < 0 ? "" : ":" + given.getPort();
            String scheme = given.getScheme().toLowerCase(Locale.ROOT);
            return new HttpFeed(
                    new URI(scheme + "://" + host + port + path + query),
                    Objects.requireNonNullElse(given.getUserInfo(), ""));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("found '" + shown(url) + "', which is no URL: " + e.getReason()
                    + "; write blanks and other special characters as %20 and so on");
        }
    }

    /** Without the password. */
    private static String shown(String url) {
        return url.replaceFirst("//[^/@]*@", "//");
    }

    @Override
    public String name() {
        return uri.toString();
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public Flux<ByteBuffer> bytes(Outage outage, Duration patience) {
        return Flux.defer(() -> {
            Reading reading = new Reading();
            return outage.watch(connection(reading, patience)).retryWhen(outage.retry(e -> reading.isFile()));
        });
    }

    @Override
    public Mono<MediaFormat> look(Duration patience) {
        return Mono.defer(() -> {
            ByteBuffer head = ByteBuffer.allocate(MediaFormat.HEAD_BYTES);
            return connection(new Reading(), patience)
                    .doOnNext(bytes -> head.put(bytes.slice().limit(Math.min(bytes.remaining(), head.remaining()))))
                    .takeUntil(bytes -> !head.hasRemaining())
                    .onErrorResume(e -> head.position() > 0 ? Mono.empty() : Mono.error(e))
                    .then(Mono.fromSupplier(() -> MediaFormat.of(head.flip())));
        });
    }

    private Flux<ByteBuffer> connection(Reading reading, Duration patience) {
        Flux<ByteBuffer> bytes = Flux.defer(() -> HttpClient.newConnection()
                .disableRetry(true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .followRedirect((request, response) -> isRedirect(response))
                .headers(headers -> ask(headers, reading))
                .get()
                .uri(uri)
                .response(reading::take)); // headers are fixed when they are set
        return Stall.watch(bytes, patience, Schedulers.parallel())
                .onErrorMap(ConnectException.class, e -> new IOException(plain(e), e))
                .onErrorMap(UnknownHostException.class, e -> new IOException("there is no host " + uri.getHost(), e));
    }

    /** Without the name of the system call. */
    private static String plain(ConnectException e) {
        return "cannot connect: " + String.valueOf(e.getMessage()).replaceFirst("^.*error\\(-?\\d+\\): ", "");
    }

    private static boolean isRedirect(HttpClientResponse response) {
        return switch (response.status().code()) {
            case 301, 302, 303, 307, 308 -> response.redirectedFrom().length < MAX_REDIRECTS;
            default -> false;
        };
    }

    private void ask(HttpHeaders headers, Reading reading) {
        headers.set(HttpHeaderNames.USER_AGENT, "SwarmFlux");
        headers.set(HttpHeaderNames.ACCEPT, "*/*");
        if (!credentials.isEmpty()) {
            byte[] plain = credentials.getBytes(StandardCharsets.UTF_8);
            headers.set(
                    HttpHeaderNames.AUTHORIZATION,
                    "Basic " + Base64.getEncoder().encodeToString(plain));
        }
        if (reading.at > 0) {
            headers.set(HttpHeaderNames.RANGE, "bytes=" + reading.at + "-");
            if (reading.validator != null) {
                headers.set(HttpHeaderNames.IF_RANGE, reading.validator);
            }
        }
    }

    /** How far one reading has come, over all of its connections. */
    private static final class Reading {
        private static final long UNKNOWN = -1;

        private long length = UNKNOWN;
        private long at;
        private long skipped;
        private @Nullable String validator;

        /** Whether it is known where it ends, so that the next connection can go on. */
        boolean isFile() {
            return length != UNKNOWN;
        }

        Flux<ByteBuffer> take(HttpClientResponse response, ByteBufFlux body) {
            try {
                begin(response);
            } catch (IOException e) {
                return Flux.error(e);
            }
            Flux<ByteBuffer> bytes = body.asByteArray().map(this::rest).filter(ByteBuffer::hasRemaining);
            return bytes.concatWith(Mono.defer(this::end));
        }

        /** What follows the last byte of an answer, which may have been a smaller part than was asked for. */
        private Mono<ByteBuffer> end() {
            if (!isFile()) {
                return Mono.error(new IOException("it has ended, and a live stream has no end"));
            }
            return at >= length
                    ? Mono.empty()
                    : Mono.error(new IOException("it has ended at byte " + at + " of " + length));
        }

        private void begin(HttpClientResponse response) throws IOException {
            int status = response.status().code();
            HttpHeaders headers = response.responseHeaders();
            if (at > 0 && status == 206) {
                Matcher range = RANGE.matcher(headers.get(HttpHeaderNames.CONTENT_RANGE, ""));
                if (!range.matches() || Long.parseLong(range.group(1)) != at) {
                    throw changed("it does not go on at byte " + at);
                }
                if (!range.group(2).equals("*") && Long.parseLong(range.group(2)) != length) {
                    throw changed("it has changed");
                }
                skipped = 0;
                return;
            }
            if (status == 416) {
                throw changed("it has no byte " + at + " any more");
            }
            if (status != 200) {
                throw new IOException("it answers " + response.status());
            }
            long now = length(headers);
            if (at > 0 && (now != length || !Objects.equals(validator, validator(headers)))) {
                throw changed("it has changed");
            }
            skipped = at;
            length = now;
            validator = validator(headers);
        }

        private ByteBuffer rest(byte[] bytes) {
            int again = (int) Math.min(skipped, bytes.length);
            skipped -= again;
            at += bytes.length - again;
            return ByteBuffer.wrap(bytes, again, bytes.length - again);
        }

        /** What was read is nothing to go on from. */
        private IOException changed(String how) {
            length = UNKNOWN;
            at = 0;
            validator = null;
            return new IOException(how);
        }

        private static long length(HttpHeaders headers) {
            String text = headers.get(HttpHeaderNames.CONTENT_LENGTH, "");
            return text.matches("\\d{1,18}") ? Long.parseLong(text) : UNKNOWN;
        }

        private static @Nullable String validator(HttpHeaders headers) {
            String tag = headers.get(HttpHeaderNames.ETAG);
            boolean weak = tag != null && tag.startsWith("W/");
            return tag == null || weak ? headers.get(HttpHeaderNames.LAST_MODIFIED) : tag;
        }
    }
}
