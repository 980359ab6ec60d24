package dev.weft.tests.istio;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import dev.weft.tests.mesh.TestMesh;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Does what a case says to the mesh and compares. A difference counts when it is still there at the deadline. */
final class Replay {
    private static final long DEADLINE_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** How long nothing must happen where the recording says that nothing happens. */
    private static final Duration QUIET = Duration.ofMillis(500);

    private static final double SHARE_TOLERANCE = 0.05;

    private final TestMesh mesh;

    Replay(TestMesh mesh) {
        this.mesh = mesh;
    }

    /** What differs from the recording; empty if nothing does. */
    List<String> differences(RecordedCase recorded) {
        long end = System.nanoTime() + DEADLINE_NANOS;
        while (true) {
            List<String> differences = once(recorded);
            if (differences.isEmpty() || System.nanoTime() - end > 0) {
                return differences;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private List<String> once(RecordedCase recorded) {
        mesh.origins().script(recorded.answers());
        Comparison comparison = new Comparison();
        if (recorded.request().has("tcp")) {
            tcp(recorded, comparison);
        } else if (recorded.istio().has("counts")) {
            counts(recorded, comparison);
        } else {
            http(recorded, comparison);
        }
        return comparison.differences();
    }

    private void http(RecordedCase recorded, Comparison comparison) {
        JsonNode expected = recorded.istio().path("replies").path(0);
        Duration timeout = expected.path("end").asText().equals(Reply.TIMEOUT) ? QUIET : TIMEOUT;
        comparison.reply(expected, RawClient.send(target(recorded), recorded.http(), timeout));
        comparison.arrived(recorded.istio().path("origins"), mesh.origins().arrived());
    }

    private void counts(RecordedCase recorded, Comparison comparison) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < recorded.repeats(); i++) {
            Reply reply = RawClient.send(target(recorded), recorded.http(), TIMEOUT);
            String answeredBy = reply.status() == 200
                    ? String.join(",", reply.headers().get("x-origin"))
                    : String.valueOf(reply.status());
            counts.merge(answeredBy, 1, Integer::sum);
        }
        comparison.shares(
                recorded.request().path("share"),
                recorded.request().path("tolerance").asDouble(SHARE_TOLERANCE),
                counts,
                recorded.repeats());
    }

    private void tcp(RecordedCase recorded, Comparison comparison) {
        JsonNode seen = recorded.istio().path("seen");
        String expected = seen.path("got").asText();
        JsonNode to = recorded.request().path("tcp");
        InetSocketAddress target = to.get(1).isInt()
                ? mesh.outbound(to.get(0).asText(), to.get(1).asInt())
                : mesh.inbound(to.get(0).asText(), to.get(1).asText());
        boolean quiet = seen.path("end").asText().equals("open");
        RawClient.Seen ours =
                RawClient.tcp(target, recorded.request().path("send").asText(), expected, quiet ? QUIET : TIMEOUT);
        comparison.same("got", expected, ours.got());
        StringBuilder sent = new StringBuilder();
        recorded.istio()
                .path("origins")
                .forEach(origin -> sent.append(origin.path("body").asText()));
        StringBuilder arrived = new StringBuilder();
        mesh.origins().arrived().forEach(origin -> arrived.append(origin.body()));
        comparison.same("bytes at origin", sent.toString(), arrived.toString());
        if (seen.has("end")) {
            comparison.same("end", seen.path("end").asText(), ours.end());
        }
    }

    private InetSocketAddress target(RecordedCase recorded) {
        JsonNode request = recorded.request();
        if (request.has("to")) {
            return mesh.inbound(
                    request.path("to").get(0).asText(),
                    request.path("to").get(1).asText());
        }
        return mesh.outbound(
                request.path("via").asText("client"), request.path("port").asInt(9080));
    }
}
