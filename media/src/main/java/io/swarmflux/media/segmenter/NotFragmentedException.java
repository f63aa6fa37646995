package io.swarmflux.media.segmenter;

/**
 * An MP4 that nobody can join in the middle, because one table says where everything is. Whoever seeds it sees this; it has to be
 * written in fragments first, for which the message has the command.
 */
public final class NotFragmentedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    NotFragmentedException(String why) {
        super(
                "this MP4 is not fragmented (" + why + "), so nobody can join it in the middle; make it so with"
                        + " ffmpeg -i IN -c copy -movflags +frag_keyframe+empty_moov OUT.mp4, or send it as it is with --pace none");
    }
}
