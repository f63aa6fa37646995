package io.swarmflux.media.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What {@code ffmpeg} is started with: the arguments that were given, and what is missing so that it writes an MPEG transport stream to its
 * standard output.
 *
 * <ul>
 *   <li>Codecs are copied. Where that cannot be, because pictures and sound come uncompressed from a device or go through a filter, it is
 *       H.264 and AAC with a key frame each second. Who gives a codec has decided everything himself.
 *   <li>Who writes to {@code -} or {@code pipe:1} himself is left alone.
 * </ul>
 */
record FfmpegArguments(List<String> given) {
    private static final List<String> QUIET = List.of("-hide_banner", "-nostdin", "-loglevel", "error");
    private static final List<String> ENCODED = List.of(
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-tune",
            "zerolatency",
            "-pix_fmt",
            "yuv420p",
            "-force_key_frames",
            "expr:gte(t,n_forced)",
            "-c:a",
            "aac");
    private static final List<String> OUTPUT = List.of("-f", "mpegts", "-flush_packets", "1", "pipe:1");
    private static final Set<String> UNCOMPRESSED = Set.of(
            "lavfi",
            "v4l2",
            "video4linux2",
            "x11grab",
            "kmsgrab",
            "fbdev",
            "alsa",
            "pulse",
            "jack",
            "oss",
            "openal",
            "avfoundation",
            "dshow",
            "gdigrab",
            "rawvideo",
            "s16le",
            "decklink",
            "iec61883");
    private static final String CODEC = "-(c|codec|vcodec|acodec|scodec)(:.*)?";
    private static final String FILTER = "-(vf|af|filter|filter_complex|lavfi)(:.*)?";

    FfmpegArguments {
        given = List.copyOf(given);
    }

    /** Splits a text at its blanks; single and double quotes and backslashes keep them, as in a shell. */
    static FfmpegArguments of(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean any = false;
        char quote = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (quote != 0 && c == quote) {
                quote = 0;
            } else if (c == '\\' && quote != '\'' && at + 1 < text.length()) {
                word.append(text.charAt(++at));
                any = true;
            } else if (quote != 0) {
                word.append(c);
            } else if (c == '\'' || c == '"') {
                quote = c;
                any = true;
            } else if (Character.isWhitespace(c)) {
                if (any) {
                    words.add(word.toString());
                }
                word.setLength(0);
                any = false;
            } else {
                word.append(c);
                any = true;
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException(
                    "found 'ffmpeg:" + text + "', where a quote " + quote + " begins and does not end");
        }
        if (any) {
            words.add(word.toString());
        }
        return checked(text, words);
    }

    private static FfmpegArguments checked(String text, List<String> words) {
        int input = words.indexOf("-i");
        if (input < 0 || input == words.size() - 1) {
            throw new IllegalArgumentException("found 'ffmpeg:" + text
                    + "', expected arguments with an input, such as 'ffmpeg:-i rtsp://192.0.2.7/camera' or"
                    + " 'ffmpeg:-re -i film.mkv'");
        }
        return new FfmpegArguments(words);
    }

    /** The whole command line. */
    List<String> command(String program) {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(QUIET);
        command.addAll(given);
        String last = given.get(given.size() - 1);
        boolean hasOutput = last.equals("-") || last.equals("pipe:1") || last.equals("pipe:");
        if (!hasOutput || given.get(given.size() - 2).equals("-i")) {
            command.addAll(codecs());
            command.addAll(OUTPUT);
        }
        return command;
    }

    private List<String> codecs() {
        int input = given.lastIndexOf("-i");
        if (given.subList(input, given.size()).stream().anyMatch(word -> word.matches(CODEC))) {
            return List.of(); // before the input they are decoders
        }
        boolean device = false;
        for (int i = 0; i < input; i++) {
            device |= given.get(i).equals("-f") && UNCOMPRESSED.contains(given.get(i + 1));
        }
        boolean encodes = device || given.stream().anyMatch(word -> word.matches(FILTER));
        return encodes ? ENCODED : List.of("-c", "copy");
    }

    /** For people: without passwords in URLs. */
    String shown() {
        return String.join(" ", given).replaceAll("//[^/@ ]*@", "//");
    }
}
