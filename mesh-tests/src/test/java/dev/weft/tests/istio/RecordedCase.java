package dev.weft.tests.istio;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.tests.mesh.Answer;
import dev.weft.tests.mesh.RawClient;
import java.util.Map;
import java.util.Optional;

/** One case of {@code cases.json}: what was asked, and what Istio did. A view of the JSON. */
record RecordedCase(String ruleSet, JsonNode tree) {
    String name() {
        return ruleSet + "/" + tree.path("name").asText();
    }

    JsonNode request() {
        return tree.path("request");
    }

    JsonNode istio() {
        return tree.path("istio");
    }

    int repeats() {
        return request().path("n").asInt(1);
    }

    RawClient.Request http() {
        ImmutableList.Builder<Map.Entry<String, String>> headers = ImmutableList.builder();
        request()
                .path("headers")
                .forEach(pair ->
                        headers.add(Map.entry(pair.get(0).asText(), pair.get(1).asText())));
        return new RawClient.Request(
                request().path("method").asText("GET"),
                request().path("host").asText(),
                request().path("path").asText("/"),
                headers.build(),
                request().path("body").asText(""));
    }

    ImmutableList<Answer> answers() {
        ImmutableList.Builder<Answer> answers = ImmutableList.builder();
        for (JsonNode answer : tree.path("answers")) {
            ImmutableMap.Builder<String, String> headers = ImmutableMap.builder();
            answer.path("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().asText()));
            answers.add(new Answer(
                    answer.path("status").asInt(200),
                    headers.buildOrThrow(),
                    Optional.ofNullable(answer.get("body")).map(JsonNode::asText),
                    answer.path("delay").asDouble(),
                    answer.path("hang").asBoolean()));
        }
        return answers.build();
    }
}
