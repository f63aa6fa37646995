package io.swarmflux.samples.draw;

import io.swarmflux.topology.Topology;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeLabelPlacement;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.options.HierarchyHandling;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkLabel;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Gives everything in a topology its place: layers from the seeders down, as few crossings as ELK's layered algorithm
 * finds, islands round their members. Two peers that are upstream of each other get one line with two heads.
 */
final class Layout {
    static final double LABEL_SIZE = 11;

    private static final double MARGIN = 24;

    private final Topology topology;
    private final Faces faces;
    private final ElkNode root = ElkGraphUtil.createGraph();
    private final Map<String, ElkNode> members = new LinkedHashMap<>();
    private final Map<ElkNode, Picture.Face> faceOf = new LinkedHashMap<>();
    private final Map<ElkEdge, Link> linkOf = new LinkedHashMap<>();

    private record Link(boolean bothWays, int stream, String condition) {}

    private Layout(Topology topology) {
        this.topology = topology;
        this.faces = new Faces(topology);
    }

    static Picture of(Topology topology) {
        LayoutMetaDataService.getInstance().registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
        Layout layout = new Layout(topology);
        layout.build();
        new RecursiveGraphLayoutEngine().layout(layout.root, new BasicProgressMonitor());
        return layout.picture();
    }

    private void build() {
        root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
        root.setProperty(LayeredOptions.DIRECTION, Direction.DOWN);
        root.setProperty(LayeredOptions.HIERARCHY_HANDLING, HierarchyHandling.INCLUDE_CHILDREN);
        root.setProperty(LayeredOptions.PADDING, new ElkPadding(MARGIN));
        root.setProperty(LayeredOptions.RANDOM_SEED, 1);
        spaced(root);
        topology.seeders().forEach(seeder -> member(root, seeder.name(), faces.of(seeder)));
        Map<String, ElkNode> islandOf = new HashMap<>();
        for (Topology.Island island : topology.islands()) {
            ElkNode node = ElkGraphUtil.createNode(root);
            Picture.Face face = faces.of(island);
            faceOf.put(node, face);
            spaced(node);
            node.setProperty(LayeredOptions.PADDING, padding(island, face));
            island.members().forEach(name -> islandOf.put(name, node));
        }
        for (Topology.Peer peer : topology.peers()) {
            member(islandOf.getOrDefault(peer.name(), root), peer.name(), faces.of(peer));
        }
        links();
    }

    /** Room round the members of an island, and below them for what is written there, be the island ever so narrow. */
    private static ElkPadding padding(Topology.Island island, Picture.Face face) {
        double members = Math.min(3, island.members().size()) * 84.0;
        return new ElkPadding(18, Math.max(18, face.width() - members - 18), face.height() + 4, 18);
    }

    private static void spaced(ElkNode node) {
        node.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.POLYLINE);
        node.setProperty(LayeredOptions.SPACING_NODE_NODE, 36.0);
        node.setProperty(LayeredOptions.SPACING_EDGE_NODE, 22.0);
        node.setProperty(LayeredOptions.SPACING_EDGE_EDGE, 14.0);
        node.setProperty(LayeredOptions.SPACING_EDGE_LABEL, 4.0);
        node.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 56.0);
        node.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 22.0);
    }

    private void member(ElkNode parent, String name, Picture.Face face) {
        ElkNode node = ElkGraphUtil.createNode(parent);
        node.setDimensions(face.width(), face.height());
        members.put(name, node);
        faceOf.put(node, face);
    }

    private void links() {
        Map<String, Set<String>> upstreams = new HashMap<>();
        topology.peers().forEach(peer -> upstreams.put(peer.name(), new HashSet<>(peer.upstreams())));
        Set<Set<String>> drawn = new HashSet<>();
        for (Topology.Peer peer : topology.peers()) {
            for (String upstream : peer.upstreams()) {
                if (drawn.add(Set.of(upstream, peer.name()))) {
                    boolean bothWays =
                            upstreams.getOrDefault(upstream, Set.of()).contains(peer.name());
                    link(upstream, peer, bothWays);
                }
            }
        }
    }

    private void link(String upstream, Topology.Peer peer, boolean bothWays) {
        ElkNode from = members.get(upstream);
        ElkNode to = members.get(peer.name());
        if (from == null || to == null) {
            throw new IllegalArgumentException("no place for the link from " + upstream + " to " + peer.name());
        }
        String condition = topology.condition(upstream, peer.name()).toString();
        // Of two that feed each other, the one that the file names first stands higher.
        ElkEdge edge = bothWays ? ElkGraphUtil.createSimpleEdge(to, from) : ElkGraphUtil.createSimpleEdge(from, to);
        linkOf.put(edge, new Link(bothWays, faces.stream(peer.stream()), condition));
        if (!condition.isEmpty()) {
            ElkLabel label = ElkGraphUtil.createLabel(condition, edge);
            label.setDimensions(Picture.textWidth(condition, LABEL_SIZE) + 8, LABEL_SIZE + 5);
            label.setProperty(LayeredOptions.EDGE_LABELS_PLACEMENT, EdgeLabelPlacement.CENTER);
        }
    }

    private Picture picture() {
        List<Picture.Box> islands = new ArrayList<>();
        List<Picture.Box> boxes = new ArrayList<>();
        faceOf.forEach((node, face) -> {
            Picture.Point at = origin(node);
            Picture.Box box = new Picture.Box(face, at.x(), at.y(), node.getWidth(), node.getHeight());
            (face.kind() == Picture.Kind.ISLAND ? islands : boxes).add(box);
        });
        List<Picture.Arrow> arrows = new ArrayList<>();
        linkOf.forEach((edge, link) -> arrows.add(arrow(edge, link)));
        return new Picture(root.getWidth(), root.getHeight(), islands, boxes, arrows);
    }

    private static Picture.Arrow arrow(ElkEdge edge, Link link) {
        Picture.Point origin = origin(edge.getContainingNode());
        List<Picture.Point> points = new ArrayList<>();
        for (ElkEdgeSection section : edge.getSections()) {
            points.add(moved(origin, section.getStartX(), section.getStartY()));
            section.getBendPoints().forEach(bend -> points.add(moved(origin, bend.getX(), bend.getY())));
            points.add(moved(origin, section.getEndX(), section.getEndY()));
        }
        Picture.Point label = points.get(0);
        if (!edge.getLabels().isEmpty()) {
            ElkLabel text = edge.getLabels().get(0);
            label = moved(origin, text.getX() + 4, text.getY() + LABEL_SIZE);
        }
        return new Picture.Arrow(points, link.bothWays(), link.stream(), link.condition(), label);
    }

    /** ELK places a node within its parent. */
    private static Picture.Point origin(ElkNode node) {
        ElkNode parent = node.getParent();
        return parent == null ? new Picture.Point(0, 0) : moved(origin(parent), node.getX(), node.getY());
    }

    private static Picture.Point moved(Picture.Point origin, double x, double y) {
        return new Picture.Point(origin.x() + x, origin.y() + y);
    }
}
