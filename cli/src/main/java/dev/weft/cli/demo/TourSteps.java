package dev.weft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.control.EdgeTable;
import dev.weft.cli.control.StatusTable;
import dev.weft.cli.demo.Tour.Broken;
import dev.weft.cli.demo.Tour.Step;
import dev.weft.cli.output.Failure;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The steps of the tour on a running {@link DemoMesh}. Each makes the edit that the demo suggests to a person, looks at real traffic or at
 * the wire, and puts everything back. Confined to the thread that plays the tour.
 */
final class TourSteps implements AutoCloseable {
    private static final Duration LIVE_LIMIT = Duration.ofSeconds(10);
    private static final Duration BACK_LIMIT = Duration.ofSeconds(60);
    private static final int SPLIT_REQUESTS = 2_500;
    private static final String ROUTING = "routing.yaml";
    private static final String WORKLOADS = "workloads.yaml";
    private static final String DENY = "deny-frontpage.yaml";
    private static final String PAGE = "/api/books/1";
    private static final String REVIEWS = "/reviews/1";

    private final DemoMesh mesh;
    private final Probe frontDoor;
    private final Probe asFrontPage;
    private final Probe asTraffic;

    TourSteps(DemoMesh mesh) {
        this.mesh = mesh;
        DemoPorts ports = mesh.ports();
        URI reviews = URI.create("http://reviews.bookstore.svc.cluster.local:9080/");
        frontDoor = new Probe(
                URI.create("http://127.0.0.1:" + ports.inbound(Program.FRONTPAGE) + "/"), OptionalInt.empty());
        asFrontPage = new Probe(reviews, OptionalInt.of(ports.httpProxy(Program.FRONTPAGE)));
        asTraffic = new Probe(reviews, OptionalInt.of(ports.httpProxy(Program.TRAFFIC)));
    }

    ImmutableList<Step> all() {
        return ImmutableList.of(
                step("traffic", this::traffic),
                step("split 90/10", this::split),
                step("mTLS", this::mutualTls),
                step("deny", this::deny),
                step("broken YAML", this::brokenYaml),
                step("control plane", this::controlPlaneDies));
    }

    @Override
    public void close() {
        frontDoor.close();
        asFrontPage.close();
        asTraffic.close();
    }

    private String traffic() throws Exception {
        Map<String, Long> pages = frontDoor.count(300, PAGE, Probe.Seen::page);
        require(pages.keySet().equals(Set.of("whole")), "expected 300 whole pages, found " + pages);
        Set<String> wanted = Set.of(
                "traffic>frontpage",
                "frontpage>catalog",
                "frontpage>reviews-v1",
                "frontpage>reviews-v3",
                "reviews-v3>ratings");
        Set<String> missing = new HashSet<>(wanted);
        Await.until(Duration.ofSeconds(20), () -> {
            missing.clear();
            missing.addAll(wanted);
            missing.removeAll(goodEdges());
            return missing.isEmpty();
        });
        require(missing.isEmpty(), "meshctl stat shows no good, secured edge for " + missing);
        return "300 of 300 pages whole; " + wanted.size() + " edges in meshctl stat, all mTLS, no failure";
    }

    /** Edges between workloads of the mesh on which nothing failed and the wire is encrypted. */
    private Set<String> goodEdges() {
        Set<String> edges = new HashSet<>();
        for (JsonNode edge : mesh.control().stat(Duration.ofSeconds(10)).path("items")) {
            if (EdgeTable.isSecured(edge)
                    && edge.path("rps").asDouble() > 0
                    && edge.path("successRate").asDouble() >= 1) {
                edges.add(EdgeTable.from(edge) + ">" + EdgeTable.to(edge));
            }
        }
        return edges;
    }

    private String split() throws Exception {
        String before = read(ROUTING);
        try {
            long edited = System.nanoTime();
            mesh.folder().edit(ROUTING, thingToTry("split-90-10.yaml"));
            require(awaitRouting("v2"), "no answer of v2 within " + LIVE_LIMIT.toSeconds() + " s after the edit");
            double live = (System.nanoTime() - edited) / 1e9;
            // The v3 of before may still be on its way; what counts begins when the new routing is seen.
            ImmutableMap<String, Long> seen = asFrontPage.count(SPLIT_REQUESTS, REVIEWS, Probe.Seen::version);
            double share = 100.0 * seen.getOrDefault("v2", 0L) / SPLIT_REQUESTS;
            require(seen.keySet().equals(Set.of("v1", "v2")), "expected answers of v1 and v2 only, found " + seen);
            require(Math.abs(share - 10) <= 3, "expected 10 % +- 3 from v2, found " + seen);
            return String.format(
                    Locale.ROOT,
                    "v2 got %.1f %% of %d requests (asked: 10 %% +- 3); live %.2f s after the edit",
                    share,
                    SPLIT_REQUESTS,
                    live);
        } finally {
            mesh.folder().edit(ROUTING, before);
            awaitRouting("v3");
        }
    }

    /** Until that version answers at all: under the other routing it never does. */
    private boolean awaitRouting(String version) throws InterruptedException {
        long deadline = System.nanoTime() + LIVE_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            if (asFrontPage.ask(REVIEWS).version().equals(version)) {
                return true;
            }
        }
        return false;
    }

    private String mutualTls() throws Exception {
        int inbound = mesh.ports().inbound(Program.REVIEWS_V1);
        Path root = mesh.folder().control().resolve("ca").resolve("root-cert.pem");
        require(PeerProof.plainTextRefused(inbound), "the sidecar of reviews-v1 answered a plain HTTP request");
        PeerProof.Stranger stranger = PeerProof.withoutCertificate(inbound, root);
        String identity = Program.REVIEWS_V1.workload().identity(Program.TRUST_DOMAIN);
        require(
                stranger.identity().equals(Optional.of(identity)),
                "expected a certificate for " + identity + ", found "
                        + stranger.identity().orElse("none"));
        require(stranger.trusted(), "the certificate does not lead to the mesh's root");
        require(stranger.refused(), "a caller without a certificate was answered");
        int bytes = recordedEdge(inbound);
        return "TLS 1.3 on the wire, none of the plain text in " + bytes + " recorded bytes; server is " + identity
                + "; plain text and a caller without a certificate are refused";
    }

    /** Puts a tap between frontpage and reviews-v1, by the address in its WorkloadEntry, and looks at the bytes of real requests. */
    private int recordedEdge(int inbound) throws Exception {
        String before = read(WORKLOADS);
        String marker = "marker-" + Long.toHexString(System.nanoTime());
        try (WireTap tap = new WireTap(inbound)) {
            mesh.folder().edit(WORKLOADS, before.replace("http: " + inbound, "http: " + tap.port()));
            boolean through = Await.until(LIVE_LIMIT, () -> {
                try {
                    return asFrontPage.ask(REVIEWS + "?" + marker).version().equals("v1")
                            && tap.fromClient().length > 0
                            && tap.fromServer().length > 0;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            });
            require(through, "no request came through the tap");
            for (int i = 0; i < 20; i++) {
                asFrontPage.ask(REVIEWS + "?" + marker);
            }
            byte[] up = tap.fromClient();
            byte[] down = tap.fromServer();
            require(WireTap.isTls13(up, down), "the recorded bytes do not begin with a TLS 1.3 handshake");
            for (String plain : List.of(marker, "HTTP/1.1", "/reviews", "spiffe://", "\"version\"")) {
                require(
                        !WireTap.shows(up, plain) && !WireTap.shows(down, plain),
                        "the recorded bytes show in plain: " + plain);
            }
            return up.length + down.length;
        } finally {
            mesh.folder().edit(WORKLOADS, before);
            // Until the endpoint is back where it was: the tap is gone.
            Await.until(LIVE_LIMIT, () -> {
                try {
                    return asFrontPage.count(20, REVIEWS, Probe.Seen::version).keySet().stream()
                            .allMatch(version -> version.matches("v\\d"));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            });
        }
    }

    private String deny() throws Exception {
        try {
            mesh.folder().edit(DENY, thingToTry(DENY));
            require(awaitStatus("status 403"), "frontpage still gets answers from reviews");
            Map<String, Long> denied = asFrontPage.count(100, REVIEWS, Probe.Seen::version);
            require(denied.keySet().equals(Set.of("status 403")), "expected 100 times status 403, found " + denied);
            Map<String, Long> others = asTraffic.count(100, REVIEWS, Probe.Seen::version);
            require(
                    others.keySet().stream().allMatch(version -> version.matches("v\\d")),
                    "another identity is denied as well: " + others);
            Probe.Seen page = frontDoor.ask(PAGE);
            require(page.page().contains("reviews=403"), "the front page does not show the denial: " + page.page());
        } finally {
            mesh.folder().delete(DENY);
        }
        require(awaitStatus("v1"), "reviews still deny frontpage after the file was deleted");
        Map<String, Long> after = frontDoor.count(100, PAGE, Probe.Seen::page);
        require(after.keySet().equals(Set.of("whole")), "expected 100 whole pages after it was undone, found " + after);
        return "frontpage got 403 for 100 of 100 requests, another identity for none; undone";
    }

    private boolean awaitStatus(String wanted) throws InterruptedException {
        long deadline = System.nanoTime() + LIVE_LIMIT.toNanos();
        int row = 0;
        while (System.nanoTime() < deadline && row < 10) {
            // Ten in a row that are (or are not) the refusal: every instance has it by now.
            String found = asFrontPage.ask(REVIEWS).version();
            boolean denied = found.equals("status 403");
            row = denied == wanted.equals("status 403") && (denied || found.startsWith("v")) ? row + 1 : 0;
        }
        return row == 10;
    }

    private String brokenYaml() throws Exception {
        String before = read(ROUTING);
        String broken = thingToTry("broken-routing.yaml");
        List<String> lines = broken.lines().toList();
        int weight = 1
                + lines.indexOf(lines.stream()
                        .filter(line -> line.contains("weight: most"))
                        .findFirst()
                        .orElseThrow());
        Optional<JsonNode> problem;
        Map<String, Long> seen;
        try (BackgroundLoad load = new BackgroundLoad(frontDoor, PAGE, Probe.Seen::page)) {
            problem = breakAndRepair(broken, before, weight);
            seen = load.stop();
        }
        require(problem.isPresent(), "meshctl status names no problem at " + ROUTING + ":" + weight);
        require(seen.keySet().equals(Set.of("whole")), "requests failed meanwhile: " + seen);
        return StatusTable.place(problem.get()) + ": "
                + problem.get().path("message").asText() + "; " + seen.get("whole") + " pages meanwhile, none failed";
    }

    /** The problem that the status named while the file was broken. */
    private Optional<JsonNode> breakAndRepair(String broken, String before, int weight) throws Exception {
        Optional<JsonNode> problem;
        try {
            mesh.folder().edit(ROUTING, broken);
            problem = Await.found(LIVE_LIMIT, () -> problem(weight));
            Map<String, Long> versions = asFrontPage.count(300, REVIEWS, Probe.Seen::version);
            require(
                    versions.keySet().equals(Set.of("v1", "v3")),
                    "the last good routing (v1 and v3) does not hold: " + versions);
        } finally {
            mesh.folder().edit(ROUTING, before);
        }
        boolean gone = Await.until(LIVE_LIMIT, () -> problem(weight).isEmpty());
        require(gone, "the problem stays after the file was repaired");
        return problem;
    }

    private Optional<JsonNode> problem(int line) {
        for (JsonNode problem : mesh.control().status().path("problems")) {
            if (problem.path("file").asText().endsWith(ROUTING)
                    && problem.path("line").asInt() == line) {
                return Optional.of(problem);
            }
        }
        return Optional.empty();
    }

    private String controlPlaneDies() throws Exception {
        Map<String, Long> without;
        Map<String, Long> seen;
        boolean back;
        try (BackgroundLoad load = new BackgroundLoad(frontDoor, PAGE, Probe.Seen::page)) {
            mesh.killControl();
            without = frontDoor.count(500, PAGE, Probe.Seen::page);
            mesh.startControl();
            mesh.awaitControl();
            back = Await.until(BACK_LIMIT, this::allSynced);
            seen = load.stop();
        }
        require(without.keySet().equals(Set.of("whole")), "requests failed without a control plane: " + without);
        require(seen.keySet().equals(Set.of("whole")), "requests failed while it came back: " + seen);
        require(back, "not every proxy was in sync " + BACK_LIMIT.toSeconds() + " s after the restart");
        String before = read(ROUTING);
        try {
            mesh.folder().edit(ROUTING, thingToTry("split-90-10.yaml"));
            require(awaitRouting("v2"), "an edit after the restart does not reach the proxies");
        } finally {
            mesh.folder().edit(ROUTING, before);
        }
        return "killed; " + seen.get("whole")
                + " pages until every proxy was back in sync, none failed; edits are live again";
    }

    private boolean allSynced() {
        try {
            JsonNode items = mesh.control().status().path("items");
            int synced = 0;
            for (JsonNode proxy : items) {
                synced += proxy.path("state").asText().equals("synced") ? 1 : 0;
            }
            return synced == Program.values().length && synced == items.size();
        } catch (Failure e) {
            return false;
        }
    }

    private String read(String name) {
        return mesh.folder().read(mesh.folder().config().resolve(name));
    }

    private String thingToTry(String name) {
        return mesh.folder().read(mesh.folder().thingsToTry().resolve(name));
    }

    private static void require(boolean held, String found) throws Broken {
        if (!held) {
            throw new Broken(found);
        }
    }

    private interface Play {
        String play() throws Exception;
    }

    private static Step step(String name, Play play) {
        return new Step() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String play() throws Exception {
                return play.play();
            }
        };
    }
}
