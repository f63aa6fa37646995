package io.swarmflux.media.matrix;

import io.swarmflux.media.segmenter.MediaFormat;
import java.util.List;

/** Real media of each kind, as small as it may be. */
enum Sample {
    H264_AAC(MediaFormat.MPEG_TS, "libx264", "ts", "-c:v libx264 -preset veryfast -bf 3 -g 25 -c:a aac"),
    HEVC_AC3(
            MediaFormat.MPEG_TS,
            "libx265",
            "ts",
            "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=25 -c:a ac3"),
    AUDIO_TS(MediaFormat.MPEG_TS, "aac", "ts", "-map 1:a -c:a aac"),
    FRAGMENTED_MP4(
            MediaFormat.MP4,
            "libx264",
            "mp4",
            "-c:v libx264 -preset veryfast -bf 3 -g 25 -c:a aac -movflags +frag_keyframe+empty_moov"),
    CMAF(
            MediaFormat.MP4,
            "libx264",
            "mp4",
            "-c:v libx264 -preset veryfast -bf 2 -g 50 -c:a aac -frag_duration 500000"
                    + " -movflags +cmaf+frag_keyframe+empty_moov+default_base_moof+dash"),
    AUDIO_MP4(
            MediaFormat.MP4,
            "aac",
            "m4a",
            "-map 1:a -c:a aac -frag_duration 400000 -movflags +empty_moov+default_base_moof -f mp4"),
    OPUS(MediaFormat.OGG, "libopus", "ogg", "-map 1:a -c:a libopus -b:a 64k -page_duration 200000"),
    VORBIS(MediaFormat.OGG, "libvorbis", "ogg", "-map 1:a -c:a libvorbis -page_duration 200000"),
    OGG_FLAC(MediaFormat.OGG, "flac", "ogg", "-map 1:a -c:a flac"),
    MP3(MediaFormat.MP3, "libmp3lame", "mp3", "-map 1:a -c:a libmp3lame -b:a 128k -write_xing 0 -id3v2_version 0"),
    AAC(MediaFormat.AAC, "aac", "aac", "-map 1:a -c:a aac"),
    WAV(MediaFormat.WAV, "pcm_s16le", "wav", "-map 1:a -c:a pcm_s16le");

    final MediaFormat format;
    final String encoder;
    final String suffix;
    private final String options;

    Sample(MediaFormat format, String encoder, String suffix, String options) {
        this.format = format;
        this.encoder = encoder;
        this.suffix = suffix;
        this.options = options;
    }

    List<String> options() {
        return List.of(options.split(" "));
    }
}
