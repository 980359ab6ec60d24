package dev.weft.control.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.control.webhook.AdmissionAnswer.Allowed;
import dev.weft.control.webhook.AdmissionAnswer.Denied;
import dev.weft.control.webhook.AdmissionRequest.Operation;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.parse.ResourceParser;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Refuses an object that is wrong in itself, by the parser that everything else uses, and warns of what leads nowhere at the moment: that may come right with the
 * next object, so that the order of applying never matters. Thread safe. An object that is being deleted, or whose spec does not change, always passes:
 * a rule that came with an update of Weft must not keep finalizers and labels from being edited. Of the Gateway API nothing is refused: its objects
 * may be for another implementation, and its definitions bring rules of their own.
 */
public final class ValidateHandler implements AdmissionHandler {
    private static final String SHARED_GROUP = "gateway.networking.k8s.io/";

    private final ResourceParser parser = new ResourceParser();
    private final Function<ParsedFile, ImmutableList<Problem>> references;
    private final InjectionMetrics metrics;

    /**
     * @param references what of a valid object leads nowhere, given all that is in force
     */
    public ValidateHandler(Function<ParsedFile, ImmutableList<Problem>> references, InjectionMetrics metrics) {
        this.references = references;
        this.metrics = metrics;
    }

    @Override
    public AdmissionAnswer handle(AdmissionRequest request) {
        boolean stored = request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
        if (!stored || !(request.object() instanceof ObjectNode object)) {
            return Allowed.asItIs("nothing is stored");
        }
        if (object.path("metadata").hasNonNull("deletionTimestamp")) {
            return Allowed.asItIs("the object is being deleted");
        }
        ParsedFile file = parser.parse(name(request), text(object, request.namespace()));
        ImmutableList<Problem> problems = file.objects().stream()
                .flatMap(parsed -> parsed.problems().stream())
                .collect(ImmutableList.toImmutableList());
        boolean refused = file.objects().stream()
                .anyMatch(parsed -> parsed instanceof Parsed.Refused || parsed instanceof Parsed.FailedClosed);
        boolean unchanged =
                request.operation() == Operation.UPDATE && spec(object).equals(spec(request.oldObject()));
        metrics.validated(request.kind(), !refused);
        boolean shared = object.path("apiVersion").asText().startsWith(SHARED_GROUP);
        if (refused && !unchanged && !shared) {
            return new Denied(
                    problems.stream()
                            .filter(problem -> problem.severity() == Severity.ERROR)
                            .map(ValidateHandler::line)
                            .collect(Collectors.joining("; ")),
                    lines(problems, Severity.WARNING));
        }
        ImmutableList.Builder<String> warnings = ImmutableList.builder();
        if (refused || file.objects().stream().anyMatch(Parsed.Skipped.class::isInstance)) {
            warnings.addAll(lines(problems, Severity.ERROR));
        }
        warnings.addAll(lines(problems, Severity.WARNING));
        if (!refused) {
            references.apply(file).forEach(problem -> warnings.add(effect(problem)));
        }
        return new Allowed(Optional.empty(), warnings.build(), "");
    }

    /** Without status and with a name: the one is none of the user's, the other may still be to be made up by the API server. */
    private static String text(ObjectNode object, String namespace) {
        ObjectNode copy = object.deepCopy();
        copy.remove("status");
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
            if (!metadata.hasNonNull("name")) {
                metadata.put("name", metadata.path("generateName").asText() + "new");
            }
            if (!metadata.hasNonNull("namespace") && !namespace.isEmpty()) {
                metadata.put("namespace", namespace);
            }
        }
        return copy.toString();
    }

    private static JsonNode spec(JsonNode object) {
        return object.path("spec");
    }

    private static String name(AdmissionRequest request) {
        JsonNode metadata = request.object().path("metadata");
        return request.kind() + " " + request.namespace() + "/"
                + metadata.path("name").asText();
    }

    private static ImmutableList<String> lines(ImmutableList<Problem> problems, Severity severity) {
        return problems.stream()
                .filter(problem -> problem.severity() == severity)
                .map(ValidateHandler::line)
                .collect(ImmutableList.toImmutableList());
    }

    /** Without the place, which is one in a text that nobody has seen. */
    private static String line(Problem problem) {
        return problem.field().isEmpty() ? problem.message() : problem.field() + ": " + problem.message();
    }

    private static String effect(Problem problem) {
        return line(problem) + " (" + problem.effect().text() + ")";
    }
}
