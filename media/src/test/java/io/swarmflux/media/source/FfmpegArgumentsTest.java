package io.swarmflux.media.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FfmpegArgumentsTest {
    @Test
    void splitsAsAShellDoes() {
        assertThat(FfmpegArguments.of("  -re  -i 'my film.mkv' -metadata \"title=a \\\"b\\\"\" c\\ d '' ")
                        .given())
                .containsExactly("-re", "-i", "my film.mkv", "-metadata", "title=a \"b\"", "c d", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        -re -i film.mkv                                  | -c copy
        -c:v h264_cuvid -i film.mkv                      | -c copy
        -f mpegts -i film.ts                             | -c copy
        -re -f lavfi -i testsrc                          | -c:v libx264
        -f v4l2 -i /dev/video0 -f alsa -i default        | -c:v libx264
        -i film.mkv -vf scale=640:-2                     | -c:v libx264
        -i film.mkv -c:v mpeg2video -f mpegts            | -c:v mpeg2video
        """)
    void copiesUnlessThatCannotBe(String given, String codecs) {
        List<String> command = FfmpegArguments.of(given).command("ffmpeg");

        assertThat(String.join(" ", command))
                .startsWith("ffmpeg -hide_banner -nostdin -loglevel error " + given.substring(0, 5))
                .contains(" " + codecs)
                .endsWith(" -f mpegts -flush_packets 1 pipe:1");
        assertThat(command.stream()
                        .filter(word -> word.equals("copy") || word.equals("libx264") || word.equals("mpeg2video")))
                .hasSize(1);
    }

    @Test
    void leavesAnOutputAlone() {
        assertThat(FfmpegArguments.of("-i a.mkv -c copy -f mpegts -").command("x"))
                .endsWith("-f", "mpegts", "-");
        assertThat(FfmpegArguments.of("-i -").command("x")).endsWith("pipe:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-re", "film.mkv", "-re -i", "-i 'film.mkv"})
    void namesWhatIsMissing(String given) {
        assertThatThrownBy(() -> FfmpegArguments.of(given))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("found 'ffmpeg:" + given + "', ");
    }

    @Test
    void showsNoPassword() {
        assertThat(FfmpegArguments.of("-i rtsp://me:secret@h/camera").shown()).isEqualTo("-i rtsp://h/camera");
    }
}
