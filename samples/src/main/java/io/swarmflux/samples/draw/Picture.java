package io.swarmflux.samples.draw;

import java.util.List;

/** A topology with a place for everything, in pixels from the top left. */
record Picture(double width, double height, List<Box> islands, List<Box> members, List<Arrow> arrows) {

    /** What stands in a box: a heading, lines below it, the kind of thing it is, and the number of its stream. */
    record Face(Kind kind, int stream, String heading, List<String> lines) {
        static final double LINE_HEIGHT = 16;

        private static final double PADDING = 12;

        /** Wide enough for the text in most fonts; a picture has no font to ask. */
        double width() {
            double widest = Math.max(
                    textWidth(heading, 15),
                    lines.stream()
                            .mapToDouble(line -> textWidth(line, 12))
                            .max()
                            .orElse(0));
            return Math.max(84, widest + 2 * PADDING);
        }

        double height() {
            return 2 * PADDING + LINE_HEIGHT * (lines.size() + 1) - 2;
        }
    }

    enum Kind {
        SEEDER,
        PLAYS,
        RELAYS,
        ISLAND
    }

    /** A face and where it stands. */
    record Box(Face face, double x, double y, double width, double height) {}

    /** A point of a line. */
    record Point(double x, double y) {}

    /** A link: the way it goes, its condition, and where the condition is written. */
    record Arrow(List<Point> points, boolean bothWays, int stream, String condition, Point label) {}

    /** The width of a text in a font of some size, rather too wide than too narrow. */
    static double textWidth(String text, double size) {
        double width = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            width += "iljtf.,:;'|!()[] ".indexOf(c) >= 0
                    ? 0.36
                    : Character.isUpperCase(c) || c == 'm' || c == 'w' ? 0.82 : 0.62;
        }
        return width * size;
    }
}
