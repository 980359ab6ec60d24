package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import dev.weft.tests.mesh.TestMesh;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Somebody edits a VirtualService while requests run. */
class LiveEditTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String FILE = "reviews.yaml";
    private static final int BOGUS_LINE = 8;

    @Test
    void aBogusEditIsNamedWithFileAndLineAndNeitherItNorACorrectOneFailsARequest() {
        try (TestMesh mesh = TestMesh.start()) {
            mesh.writeFile(FILE, route("3"));
            try (Load load = new Load(mesh.outbound("client", 9080), RawClient.Request.get("a:9080", "/"))) {
                load.awaitReply(LIMIT, reply -> version(reply).equals("3"));

                mesh.writeFile(FILE, route("4").replace("weight: 1", "weight: heavy"));
                Await.until(
                        LIMIT,
                        () -> problem(mesh).isPresent(),
                        () -> mesh.api().status().toPrettyString());
                assertThat(problem(mesh).orElseThrow().path("line").asInt()).isEqualTo(BOGUS_LINE);
                assertThat(problem(mesh).orElseThrow().path("field").asText()).contains("weight");
                load.awaitAnswers(200);
                load.awaitReply(LIMIT, reply -> version(reply).equals("3"));

                mesh.writeFile(FILE, route("5"));
                load.awaitReply(LIMIT, reply -> version(reply).equals("5"));
                load.awaitAnswers(200);
                assertThat(problem(mesh)).isEmpty();
                assertThat(load.failures()).isEmpty();
            }
        }
    }

    private static String version(Reply reply) {
        return String.join(",", reply.headers().get("x-version"));
    }

    private static Optional<JsonNode> problem(TestMesh mesh) {
        return StreamSupport.stream(mesh.api().status().path("problems").spliterator(), false)
                .filter(problem -> problem.path("file").asText().endsWith(FILE))
                .findFirst();
    }

    private static String route(String version) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: edited, namespace: default}
                spec:
                  hosts: [a]
                  http:
                  - route:
                    - {destination: {host: a}, weight: 1}
                    headers: {response: {set: {x-version: "%s"}}}
                """.formatted(version);
    }
}
