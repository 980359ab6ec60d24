package dev.weft.control.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.control.webhook.AdmissionRequest.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** The AdmissionReview of {@code admission.k8s.io/v1}, both ways. Stateless. */
final class AdmissionReviews {
    private static final String API_VERSION = "admission.k8s.io/v1";
    private static final int LONGEST_WARNING = 256;
    private static final int MOST_WARNINGS = 12;
    private static final int MAX_DEPTH = 200;
    private static final int UNPROCESSABLE = 422;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private AdmissionReviews() {}

    /**
     * @throws IllegalArgumentException with what was found, if it is no review
     */
    static AdmissionRequest read(byte[] body) {
        JsonNode review;
        try {
            review = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonNode request = review.path("request");
        if (!review.path("apiVersion").asText().equals(API_VERSION) || !request.isObject()) {
            throw new IllegalArgumentException("expected an AdmissionReview of " + API_VERSION + " with a request");
        }
        String uid = request.path("uid").asText();
        Operation operation = operation(request.path("operation").asText());
        if (uid.isEmpty()) {
            throw new IllegalArgumentException("the request has no uid");
        }
        return new AdmissionRequest(
                uid,
                request.path("kind").path("kind").asText(),
                request.path("namespace").asText(),
                operation,
                request.path("object"),
                request.path("oldObject"));
    }

    static byte[] write(AdmissionRequest request, AdmissionAnswer answer) {
        ObjectNode review =
                JSON.createObjectNode().put("apiVersion", API_VERSION).put("kind", "AdmissionReview");
        ObjectNode response = review.putObject("response").put("uid", request.uid());
        switch (answer) {
            case AdmissionAnswer.Allowed allowed -> {
                response.put("allowed", true);
                allowed.patch()
                        .ifPresent(patch -> response.put("patchType", "JSONPatch")
                                .put(
                                        "patch",
                                        Base64.getEncoder()
                                                .encodeToString(patch.toString().getBytes(UTF_8))));
                if (!allowed.audit().isEmpty()) {
                    response.putObject("auditAnnotations").put("decision", allowed.audit());
                }
            }
            case AdmissionAnswer.Denied denied -> {
                response.put("allowed", false);
                response.putObject("status")
                        .put("status", "Failure")
                        .put("message", denied.message())
                        .put("reason", "Invalid")
                        .put("code", UNPROCESSABLE);
            }
        }
        warnings(response, answer.warnings());
        try {
            return JSON.writeValueAsBytes(review);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The API server cuts what is too long, in the middle of a sentence and without a word. */
    private static void warnings(ObjectNode response, ImmutableList<String> warnings) {
        for (String warning : warnings.subList(0, Math.min(MOST_WARNINGS, warnings.size()))) {
            response.withArrayProperty("warnings")
                    .add(
                            warning.length() <= LONGEST_WARNING
                                    ? warning
                                    : warning.substring(0, LONGEST_WARNING - 3) + "...");
        }
        if (warnings.size() > MOST_WARNINGS) {
            response.withArrayProperty("warnings").add((warnings.size() - MOST_WARNINGS) + " more warnings");
        }
    }

    private static Operation operation(String text) {
        for (Operation operation : Operation.values()) {
            if (operation.name().equals(text)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("found the operation \"" + text + "\"");
    }
}
