package io.swarmflux.samples.draw;

import java.util.List;
import java.util.Locale;

/** The way of a line, its corners rounded. */
final class Curve {
    private static final double RADIUS = 18;

    private Curve() {}

    /** The points as the data of an SVG path: straight to just before each corner, and round it. */
    static String smooth(List<Picture.Point> points) {
        StringBuilder path = new StringBuilder("M" + at(points.get(0)));
        for (int i = 1; i < points.size() - 1; i++) {
            Picture.Point corner = points.get(i);
            Picture.Point in = towards(corner, points.get(i - 1));
            Picture.Point out = towards(corner, points.get(i + 1));
            path.append('L')
                    .append(at(in))
                    .append('Q')
                    .append(at(corner))
                    .append(' ')
                    .append(at(out));
        }
        return path.append('L').append(at(points.get(points.size() - 1))).toString();
    }

    private static Picture.Point towards(Picture.Point from, Picture.Point to) {
        double dx = to.x() - from.x();
        double dy = to.y() - from.y();
        double length = Math.hypot(dx, dy);
        double share = length == 0 ? 0 : Math.min(RADIUS, length / 2) / length;
        return new Picture.Point(from.x() + dx * share, from.y() + dy * share);
    }

    private static String at(Picture.Point point) {
        return String.format(Locale.ROOT, "%.1f %.1f", point.x(), point.y());
    }
}
