package io.swarmflux.samples.simulate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The figures as pictures, a line for each run. */
final class Plots {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;
    private static final int POINTS = 500;

    private Plots() {}

    /** Draws spread.png, hops.png, continuity.png and upload.png. */
    static void draw(Path directory, String title, List<Figures> runs) throws IOException {
        System.setProperty("java.awt.headless", "true");
        XYChart spread = chart(title, "slots from the seeder to the peer", "share of arrivals");
        XYChart hops = chart(title, "links from the seeder to the peer", "mean delay in slots");
        XYChart continuity = chart(title, "peers, the worst first", "continuity");
        XYChart upload = chart(title, "peers, the most generous last", "upload in Mbit/s");
        for (Figures run : runs) {
            String name = "seed " + run.seed();
            if (run.spread().count() > 0) {
                spread(spread, name, run.spread());
                hops(hops, name, run.spread());
            }
            peers(continuity, name, run, PeerFigures::continuity);
            peers(upload, name, run, PeerFigures::uploadMbit);
        }
        write(directory, "spread.png", spread);
        write(directory, "hops.png", hops);
        write(directory, "continuity.png", continuity);
        write(directory, "upload.png", upload);
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    private static void spread(XYChart chart, String name, Spread spread) {
        double[] shares = new double[POINTS + 1];
        double[] slots = new double[POINTS + 1];
        for (int i = 0; i <= POINTS; i++) {
            shares[i] = (double) i / POINTS;
            slots[i] = spread.quantile(shares[i]);
        }
        line(chart, name, slots, shares);
    }

    private static void hops(XYChart chart, String name, Spread spread) {
        List<double[]> points = new ArrayList<>();
        for (int hop = 1; hop <= spread.mostHops(); hop++) {
            if (spread.arrivals(hop) > 0) {
                points.add(new double[] {hop, spread.mean(hop)});
            }
        }
        line(
                chart,
                name,
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray());
    }

    private static void peers(XYChart chart, String name, Figures run, ToDoubleFunction<PeerFigures> figure) {
        double[] values = run.peers().stream()
                .filter(peer -> !peer.seeder())
                .mapToDouble(figure)
                .sorted()
                .toArray();
        double[] ranks = new double[values.length];
        for (int i = 0; i < ranks.length; i++) {
            ranks[i] = i + 1.0;
        }
        line(chart, name, ranks, values);
    }

    private static void line(XYChart chart, String name, double[] x, double[] y) {
        if (x.length > 0) {
            chart.addSeries(name, x, y).setMarker(SeriesMarkers.NONE);
        }
    }

    private static void write(Path directory, String name, XYChart chart) throws IOException {
        if (!chart.getSeriesMap().isEmpty()) {
            Files.write(directory.resolve(name), BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG));
        }
    }
}
