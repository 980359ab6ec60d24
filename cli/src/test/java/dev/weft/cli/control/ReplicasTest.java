package dev.weft.cli.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.sun.net.httpserver.HttpServer;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several replicas, each an HTTP server with canned answers. */
final class ReplicasTest {
    private final List<HttpServer> servers = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void proxiesOfAllReplicasAreListedByName() throws IOException {
        Replicas replicas = replicas(
                "{\"items\":[{\"name\":\"web\",\"namespace\":\"shop\",\"state\":\"synced\"}]}",
                "{\"items\":[{\"name\":\"ads\",\"namespace\":\"shop\",\"state\":\"stale\"}]}");

        Replicas.Answer answer = replicas.status();

        assertThat(answer.whole()).isTrue();
        assertThat(answer.tree()
                        .path("items")
                        .valueStream()
                        .map(item -> item.path("name").asText()))
                .containsExactly("ads", "web");
    }

    @Test
    void aProxyThatMovedToAnotherReplicaIsConnected() throws IOException {
        Replicas replicas = replicas(
                "{\"items\":[{\"node\":\"n\",\"name\":\"web\",\"namespace\":\"shop\",\"state\":\"disconnected\",\"lastAckSeconds\":1}]}",
                "{\"items\":[{\"node\":\"n\",\"name\":\"web\",\"namespace\":\"shop\",\"state\":\"synced\",\"lastAckSeconds\":9}]}");

        JsonNode items = replicas.status().tree().path("items");

        assertThat(items.size()).isEqualTo(1);
        assertThat(items.path(0).path("state").asText()).isEqualTo("synced");
    }

    @Test
    void aProblemThatAllSeeIsToldOnce() throws IOException {
        String problem = "{\"items\":[],\"problems\":[{\"name\":\"reviews\",\"message\":\"no\"}]}";

        assertThat(replicas(problem, problem).status().tree().path("problems").size())
                .isEqualTo(1);
    }

    @Test
    void aReplicaThatSaysNothingIsNamedBesideTheAnswer() throws IOException {
        Replicas replicas =
                new Replicas(ImmutableList.of(replica("a", "{\"items\":[]}"), new Replicas.Replica("b", () -> {
                    throw Failure.noAnswer("it is gone", "", "");
                })));

        Replicas.Answer answer = replicas.status();

        assertThat(answer.whole()).isFalse();
        assertThat(answer.silent()).containsExactly("b: it is gone");
    }

    @Test
    void noAnswerAtAllIsTheFailureOfTheFirst() {
        Replicas replicas = new Replicas(ImmutableList.of(new Replicas.Replica("a", () -> {
            throw Failure.noAnswer("it is gone", "", "");
        })));

        assertThatThrownBy(replicas::status).isInstanceOf(Failure.class).hasMessage("it is gone");
    }

    @Test
    void clientsCountAndServersProveWhereverTheyReport() throws IOException {
        Replicas replicas = replicas(
                edge("source", 3, 1.0, "", 0, 10, 30),
                edge("both", 1, 0.5, ",\"secured\":true", 10, 20, 10),
                edge("destination", 4, 1.0, ",\"secured\":true", 10, 20, 40));

        JsonNode items = replicas.stat(Duration.ofSeconds(10)).tree().path("items");

        assertThat(items.size()).isEqualTo(1);
        JsonNode edge = items.path(0);
        assertThat(edge.path("rps").asDouble()).isEqualTo(4);
        assertThat(edge.path("successRate").asDouble()).isEqualTo(0.875);
        assertThat(edge.path("secured").asBoolean()).isTrue();
        assertThat(edge.path("reporters").asText()).isEqualTo("both");
        // 40 requests: 30 of up to 10 ms, 10 of up to 20 ms.
        assertThat(edge.path("p50Millis").asDouble()).isCloseTo(6.67, within(0.01));
        assertThat(edge.path("p90Millis").asDouble()).isEqualTo(16);
    }

    @Test
    void oneServerThatTookPlainTextMakesTheEdgeInsecure() throws IOException {
        Replicas replicas = replicas(
                edge("destination", 3, 1.0, ",\"secured\":true", 0, 10, 30),
                edge("destination", 1, 1.0, ",\"secured\":false", 0, 10, 10));

        JsonNode edge = replicas.stat(Duration.ofSeconds(10)).tree().at("/items/0");

        assertThat(edge.path("secured").asBoolean(true)).isFalse();
        assertThat(edge.path("rps").asDouble()).isEqualTo(4);
    }

    private static String edge(String reporters, double rps, double success, String more, int from, int to, int count) {
        return """
                {"items":[{"sourceWorkload":"web","destinationWorkload":"reviews","reporters":"%s","rps":%s,"successRate":%s%s,
                  "latency":[{"fromMillis":%d,"upToMillis":%d,"count":%d}]}]}""".formatted(reporters, rps, success, more, from, to, count);
    }

    private Replicas replicas(String... answers) throws IOException {
        ImmutableList.Builder<Replicas.Replica> all = ImmutableList.builder();
        for (String answer : answers) {
            all.add(replica("replica-" + servers.size(), answer));
        }
        return new Replicas(all.build());
    }

    private Replicas.Replica replica(String name, String answer) throws IOException {
        new ObjectMapper().readTree(answer);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        servers.add(server);
        URI address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new Replicas.Replica(name, () -> new ControlPlane(address, Duration.ofSeconds(5)));
    }
}
