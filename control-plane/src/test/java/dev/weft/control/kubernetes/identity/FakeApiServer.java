package dev.weft.control.kubernetes.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An API server that stores what it is given, knows the tokens that it is told of, and can be away. */
public final class FakeApiServer implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Answers answers = new Answers();
    private final KubernetesMockServer server =
            new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), answers, false);
    private final KubernetesClient client;

    public FakeApiServer() {
        server.init();
        client = client();
    }

    /** A client of its own. */
    public KubernetesClient client() {
        return server.createClient(builder -> builder.withConfig(new ConfigBuilder()
                .withMasterUrl("http://" + server.getHostName() + ":" + server.getPort())
                .withRequestRetryBackoffLimit(0)
                .withRequestTimeout(3_000)
                .build()));
    }

    public KubernetesClient shared() {
        return client;
    }

    public String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters: [{name: fake, cluster: {server: "http://%s:%d"}}]
                users: [{name: fake, user: {}}]
                contexts: [{name: fake, context: {cluster: fake, user: fake}}]
                current-context: fake
                """.formatted(server.getHostName(), server.getPort());
    }

    public void away(boolean away) {
        answers.away = away;
    }

    /** How often somebody asked whose token it is. */
    public int reviews() {
        return answers.reviews.get();
    }

    /** Makes a token that this server vouches for. */
    public String token(String namespace, String account, String pod, Instant expires) {
        String token = token("istio-ca", expires) + namespace + account + pod;
        ObjectNode user = JSON.createObjectNode().put("username", "system:serviceaccount:" + namespace + ":" + account);
        if (!pod.isEmpty()) {
            user.putObject("extra")
                    .putArray("authentication.kubernetes.io/pod-name")
                    .add(pod);
        }
        ObjectNode status = JSON.createObjectNode().put("authenticated", true);
        status.set("user", user);
        status.putArray("audiences").add("istio-ca");
        answers.tokens.put(token, status);
        return token;
    }

    /** Makes a token of an operator. */
    public String operator(String name, boolean allowed) {
        ObjectNode status = JSON.createObjectNode().put("authenticated", true);
        status.putObject("user").put("username", name);
        answers.tokens.put("token-of-" + name, status);
        answers.allowed.put(name, allowed);
        return "token-of-" + name;
    }

    /** What the server says of {@code token} from now on. */
    public void say(String token, JsonNode status) {
        answers.tokens.put(token, status);
    }

    public void forget(String token) {
        answers.tokens.remove(token);
    }

    /** A token that looks like one, and that nobody knows. */
    public static String token(String audience, Instant expires) {
        String claims = "{\"aud\":[\"" + audience + "\"],\"exp\":" + expires.getEpochSecond() + "}";
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return base64.encodeToString("{\"alg\":\"RS256\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".signature";
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }

    private static final class Answers extends KubernetesCrudDispatcher {
        private final Map<String, JsonNode> tokens = new ConcurrentHashMap<>();
        private final Map<String, Boolean> allowed = new ConcurrentHashMap<>();
        private final AtomicInteger reviews = new AtomicInteger();
        private volatile boolean away;

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            if (away) {
                return new MockResponse().setResponseCode(503);
            }
            try {
                if (request.getPath().endsWith("/tokenreviews")) {
                    return tokenReview((ObjectNode) JSON.readTree(request.getUtf8Body()));
                }
                if (request.getPath().endsWith("/subjectaccessreviews")) {
                    return accessReview((ObjectNode) JSON.readTree(request.getUtf8Body()));
                }
            } catch (java.io.IOException e) {
                return new MockResponse().setResponseCode(400);
            }
            return super.dispatch(request);
        }

        private MockResponse tokenReview(ObjectNode review) {
            reviews.incrementAndGet();
            JsonNode status = tokens.get(review.path("spec").path("token").asText());
            review.set("status", status == null ? JSON.createObjectNode().put("authenticated", false) : status);
            return new MockResponse().setResponseCode(201).setBody(review.toString());
        }

        private MockResponse accessReview(ObjectNode review) {
            JsonNode asked = review.path("spec").path("resourceAttributes");
            boolean proxy = asked.path("verb").asText().equals("get")
                    && asked.path("resource").asText().equals("services")
                    && asked.path("subresource").asText().equals("proxy")
                    && asked.path("name").asText().equals("weft-control");
            review.putObject("status")
                    .put(
                            "allowed",
                            proxy
                                    && allowed.getOrDefault(
                                            review.path("spec").path("user").asText(), false));
            return new MockResponse().setResponseCode(201).setBody(review.toString());
        }
    }
}
