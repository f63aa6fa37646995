package io.swarmflux.samples.draw;

import io.swarmflux.topology.Topology;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Draws a topology as an SVG picture that stands alone: seeders filled, peers that play as boxes, peers that only relay
 * with round ends, islands round their members, impaired links dashed with their condition, and a legend.
 */
public final class TopologySvg {
    /** Each has a contrast of at least 4.5 to white, and differs from its neighbours without red and green too. */
    private static final List<String> COLOURS =
            List.of("#0b5394", "#b45309", "#0f766e", "#9d174d", "#5b21b6", "#4d5a00");

    private static final String STYLE = """
        text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: #1f2937 }
        .heading { font-size: 15px; font-weight: 600 }
        .detail { font-size: 12px }
        .condition { font-size: 11px; fill: #7c2d12; stroke: #ffffff; stroke-width: 4px; paint-order: stroke }
        .seeder text { fill: #ffffff }
        .middle { text-anchor: middle }
        .link { fill: none; stroke-width: 1.6px; stroke-linejoin: round }
        .impaired { stroke-dasharray: 6 4 }
        .island { fill: #eef2f7; stroke: #64748b; stroke-width: 1.2px; stroke-dasharray: 3 3 }
        """;

    private final Topology topology;
    private final Picture picture;
    private final StringBuilder out = new StringBuilder();

    private TopologySvg(Topology topology) {
        this.topology = topology;
        this.picture = Layout.of(topology);
    }

    /**
     * Draws a topology.
     *
     * @param topology what to draw
     * @return the text of an SVG file
     */
    public static String of(Topology topology) {
        TopologySvg svg = new TopologySvg(topology);
        svg.draw();
        return svg.out.toString();
    }

    private void draw() {
        Legend legend = Legend.of(topology, picture);
        double width = Math.max(picture.width(), legend.width());
        double height = picture.height() + Legend.HEIGHT * legend.rows(width) + 8;
        line("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">"
                .formatted(width, height, width, height));
        line("<title>" + escaped(title()) + "</title>");
        line("<style>\n" + STYLE + "</style>");
        line("<defs>");
        for (int i = 0; i < COLOURS.size(); i++) {
            line(("<marker id=\"head%d\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\""
                            + " markerHeight=\"8\" orient=\"auto-start-reverse\"><path d=\"M0 0L10 5L0 10L2.5 5z\""
                            + " fill=\"%s\"/></marker>")
                    .formatted(i, COLOURS.get(i)));
        }
        line("</defs>");
        line("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        line(format("<g transform=\"translate(%.1f 0)\">", (width - picture.width()) / 2));
        picture.islands().forEach(island -> rect(island, 14, "class=\"island\""));
        picture.arrows().forEach(this::arrow);
        picture.members().forEach(this::member);
        picture.arrows().forEach(this::condition);
        picture.islands().forEach(this::islandName);
        line("</g>");
        legend(legend, width);
        line("</svg>");
    }

    private String title() {
        return topology.streams().stream().map(stream -> stream.id().name()).collect(Collectors.joining(", "))
                + ": "
                + topology.seeders().size()
                + " seeders, "
                + topology.peers().size()
                + " peers";
    }

    private void islandName(Picture.Box box) {
        double y = box.y() + box.height() - 14;
        for (String detail : box.face().lines()) {
            text(box.x() + 18, y, "detail sea", detail);
            y -= Picture.Face.LINE_HEIGHT + 1;
        }
        text(box.x() + 18, y, "heading sea", box.face().heading());
    }

    private void member(Picture.Box box) {
        String colour = colour(box.face().stream());
        boolean seeder = box.face().kind() == Picture.Kind.SEEDER;
        boolean relays = box.face().kind() == Picture.Kind.RELAYS;
        line(seeder ? "<g class=\"seeder\">" : "<g>");
        rect(
                box,
                relays ? box.height() / 2 : 6,
                "fill=\"" + (seeder ? colour : "#ffffff") + "\" stroke=\"" + colour + "\" stroke-width=\"1.8\"");
        double middle = box.x() + box.width() / 2;
        double y = box.y() + 25;
        text(middle, y, "heading middle", box.face().heading());
        for (String detail : box.face().lines()) {
            y += Picture.Face.LINE_HEIGHT;
            text(middle, y, "detail middle", detail);
        }
        line("</g>");
    }

    private void arrow(Picture.Arrow arrow) {
        String path = Curve.smooth(arrow.points());
        String start = arrow.bothWays() ? " marker-start=\"url(#head" + number(arrow.stream()) + ")\"" : "";
        line("<path class=\"link" + (arrow.condition().isEmpty() ? "" : " impaired") + "\" d=\"" + path + "\" stroke=\""
                + colour(arrow.stream()) + "\" marker-end=\"url(#head" + number(arrow.stream()) + ")\"" + start + "/>");
    }

    private void condition(Picture.Arrow arrow) {
        if (!arrow.condition().isEmpty()) {
            text(arrow.label().x(), arrow.label().y(), "condition", arrow.condition());
        }
    }

    private void legend(Legend legend, double width) {
        double x = Legend.MARGIN;
        double y = picture.height() + Legend.HEIGHT / 2;
        for (Legend.Entry entry : legend.entries()) {
            if (x > Legend.MARGIN && x + entry.width() > width) {
                x = Legend.MARGIN;
                y += Legend.HEIGHT;
            }
            sample(entry, x, y);
            text(x + Legend.SAMPLE + 8, y + 4, "detail", entry.text());
            x += entry.width();
        }
    }

    private void sample(Legend.Entry entry, double x, double y) {
        if (entry.kind() == null) {
            List<Picture.Point> points = List.of(new Picture.Point(x, y), new Picture.Point(x + Legend.SAMPLE, y));
            arrow(new Picture.Arrow(
                    points, entry.bothWays(), entry.stream(), entry.impaired() ? "-" : "", points.get(0)));
            return;
        }
        Picture.Face face = new Picture.Face(entry.kind(), entry.stream(), "", List.of());
        Picture.Box box = new Picture.Box(face, x, y - 9, Legend.SAMPLE, 18);
        if (entry.kind() == Picture.Kind.ISLAND) {
            rect(box, 6, "class=\"island\"");
        } else {
            member(box);
        }
    }

    private void rect(Picture.Box box, double radius, String look) {
        line(format(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" " + look + "/>",
                box.x(),
                box.y(),
                box.width(),
                box.height(),
                radius));
    }

    private void text(double x, double y, String style, String text) {
        if (!text.isEmpty()) {
            line(format("<text x=\"%.1f\" y=\"%.1f\" class=\"" + style + "\">", x, y) + escaped(text) + "</text>");
        }
    }

    private static int number(int stream) {
        return stream % COLOURS.size();
    }

    private static String colour(int stream) {
        return COLOURS.get(number(stream));
    }

    private static String format(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }
}
