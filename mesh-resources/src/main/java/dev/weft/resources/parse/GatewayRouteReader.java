package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.FieldPath;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.GatewayRoute.Backend;
import dev.weft.resources.GatewayRoute.Comparison;
import dev.weft.resources.GatewayRoute.Filters;
import dev.weft.resources.GatewayRoute.Match;
import dev.weft.resources.GatewayRoute.ParentRef;
import dev.weft.resources.GatewayRoute.Path;
import dev.weft.resources.GatewayRoute.PathEdit;
import dev.weft.resources.GatewayRoute.Retry;
import dev.weft.resources.GatewayRoute.Rule;
import dev.weft.resources.GatewayRoute.Timeouts;
import dev.weft.resources.GatewayRoute.ValueMatch;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.host.HostName;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Reads HTTPRoutes and GRPCRoutes, all but their filters, which {@link RouteFiltersReader} reads. */
final class GatewayRouteReader {
    private static final ImmutableList<Rule> EVERYTHING = ImmutableList.of(new Rule(
            Optional.empty(),
            ImmutableList.of(),
            RouteFiltersReader.NONE,
            ImmutableList.of(),
            Timeouts.NONE,
            Optional.empty()));

    private GatewayRouteReader() {}

    static GatewayRoute http(ResourceMeta meta, Fields spec) {
        return route(meta, spec, GatewayRouteReader::httpRule);
    }

    static GatewayRoute grpc(ResourceMeta meta, Fields spec) {
        return route(meta, spec, GatewayRouteReader::grpcRule);
    }

    /** What a route that is refused says of its parents, and nothing else of it. */
    static GatewayRoute outline(ResourceMeta meta, Fields spec) {
        return new GatewayRoute(
                meta, spec.list("parentRefs", GatewayRouteReader::parent), ImmutableList.of(), ImmutableList.of());
    }

    private static GatewayRoute route(ResourceMeta meta, Fields spec, Function<Fields, Rule> rule) {
        ImmutableList<String> hostnames = spec.texts("hostnames");
        for (int i = 0; i < hostnames.size(); i++) {
            checkHostname(spec, spec.at("hostnames").index(i), hostnames.get(i));
        }
        ImmutableList<Rule> rules = spec.list("rules", rule);
        // What Kubernetes fills in where nobody writes a rule.
        return new GatewayRoute(
                meta,
                spec.list("parentRefs", GatewayRouteReader::parent),
                hostnames,
                spec.isSet("rules") ? rules : EVERYTHING);
    }

    static void checkHostname(Fields fields, String field, Optional<String> hostname) {
        hostname.ifPresent(host -> checkHostname(fields, fields.at(field), host));
    }

    private static void checkHostname(Fields fields, FieldPath at, String host) {
        if (host.equals("*") || !Formats.isHost(host) || HostName.isAddress(host)) {
            fields.checks().invalid(at, "found \"" + host + "\", expected a DNS name or *.suffix");
        }
    }

    private static ParentRef parent(Fields fields) {
        return new ParentRef(
                fields.writtenText("group").orElse(ResourceKind.KUBERNETES_GATEWAY.group()),
                fields.text("kind").orElse("Gateway"),
                fields.text("namespace"),
                fields.text("name").orElse(""),
                fields.text("sectionName"),
                fields.number("port"));
    }

    private static Rule httpRule(Fields fields) {
        ImmutableList<Match> matches = fields.list("matches", GatewayRouteReader::httpMatch);
        Filters filters = RouteFiltersReader.http(fields);
        RouteFiltersReader.checkPrefixEdits(fields, filters, matches);
        ImmutableList<Backend> backends =
                fields.list("backendRefs", backend -> backend(backend, RouteFiltersReader.httpBackend(backend)));
        if (filters.redirect().isPresent() && !backends.isEmpty()) {
            fields.checks().conflict(fields.at("backendRefs"), "a rule that redirects sends nothing to backends");
        }
        return new Rule(
                fields.text("name"),
                matches,
                filters,
                backends,
                fields.message("timeouts").map(GatewayRouteReader::timeouts).orElse(Timeouts.NONE),
                fields.message("retry").map(GatewayRouteReader::retry));
    }

    private static Match httpMatch(Fields fields) {
        return new Match(
                fields.message("path").map(GatewayRouteReader::path).orElse(new Path.Prefix("/")),
                fields.list("headers", GatewayRouteReader::headerMatch),
                fields.list("queryParams", GatewayRouteReader::valueMatch),
                fields.text("method"));
    }

    private static Path path(Fields fields) {
        String value = fields.text("value").orElse("/");
        String type = fields.text("type").orElse("PathPrefix");
        if (type.equals("RegularExpression")) {
            Formats.regexProblem(value).ifPresent(problem -> fields.checks().invalid(fields.at("value"), problem));
            return new Path.Regex(value);
        }
        if (!value.startsWith("/") || value.contains("//") || value.contains("/./") || value.contains("/../")) {
            fields.checks()
                    .invalid(
                            fields.at("value"),
                            "found \"" + value + "\", expected a path that begins with /, in its plain form");
        }
        return type.equals("Exact") ? new Path.Exact(value) : new Path.Prefix(value);
    }

    private static ValueMatch headerMatch(Fields fields) {
        ValueMatch match = valueMatch(fields);
        if (!Formats.isHeaderName(match.name())) {
            fields.checks().invalid(fields.at("name"), "found \"" + match.name() + "\", expected the name of a header");
        }
        return match;
    }

    private static ValueMatch valueMatch(Fields fields) {
        Comparison comparison = comparison(fields);
        String value = fields.text("value").orElse("");
        if (comparison == Comparison.REGEX) {
            Formats.regexProblem(value).ifPresent(problem -> fields.checks().invalid(fields.at("value"), problem));
        }
        return new ValueMatch(fields.text("name").orElse(""), comparison, value);
    }

    private static Comparison comparison(Fields fields) {
        return fields.text("type").filter("RegularExpression"::equals).isPresent()
                ? Comparison.REGEX
                : Comparison.EXACT;
    }

    private static Rule grpcRule(Fields fields) {
        return new Rule(
                fields.text("name"),
                fields.list("matches", GatewayRouteReader::grpcMatch),
                RouteFiltersReader.grpc(fields),
                fields.list("backendRefs", backend -> backend(backend, RouteFiltersReader.grpc(backend))),
                Timeouts.NONE,
                Optional.empty());
    }

    private static Match grpcMatch(Fields fields) {
        return new Match(
                fields.message("method").map(GatewayRouteReader::rpc).orElse(new Path.Prefix("/")),
                fields.list("headers", GatewayRouteReader::headerMatch),
                ImmutableList.of(),
                Optional.empty());
    }

    private static Path rpc(Fields fields) {
        Comparison comparison = comparison(fields);
        Optional<String> service = fields.text("service");
        Optional<String> method = fields.text("method");
        if (service.isEmpty() && method.isEmpty()) {
            fields.checks().missing(fields.path(), "expected service, method or both");
        }
        for (Optional<String> part : ImmutableList.of(service, method)) {
            if (comparison == Comparison.REGEX && part.isPresent()) {
                Formats.regexProblem(part.get())
                        .ifPresent(problem -> fields.checks().invalid(fields.path(), problem));
            } else if (part.filter(text -> text.indexOf('/') >= 0).isPresent()) {
                fields.checks().invalid(fields.path(), "found \"" + part.get() + "\", expected a name without /");
            }
        }
        return new Path.Rpc(comparison, service, method);
    }

    private static Backend backend(Fields fields, Filters filters) {
        Backend backend = new Backend(
                fields.text("group").orElse(""),
                fields.text("kind").orElse("Service"),
                fields.text("namespace"),
                fields.text("name").orElse(""),
                fields.number("port"),
                fields.number("weight").orElse(1),
                filters);
        if (backend.isService() && backend.port().isEmpty()) {
            fields.checks().missing(fields.at("port"), "must be set for a Service");
        }
        if (backend.weight() > 1_000_000) {
            fields.checks().invalid(fields.at("weight"), "found " + backend.weight() + ", expected at most 1000000");
        }
        return backend;
    }

    private static Timeouts timeouts(Fields fields) {
        Optional<Duration> request = fields.duration("request");
        Optional<Duration> backend = fields.duration("backendRequest");
        if (request.filter(limit -> !limit.isZero()).isPresent()
                && backend.filter(limit -> limit.compareTo(request.get()) > 0).isPresent()) {
            fields.checks().invalid(fields.at("backendRequest"), "found more than the timeout of the whole request");
        }
        return new Timeouts(request, backend);
    }

    private static Retry retry(Fields fields) {
        ImmutableList.Builder<Integer> codes = ImmutableList.builder();
        ImmutableList<String> written = fields.texts("codes");
        for (int i = 0; i < written.size(); i++) {
            int code = Integer.parseInt(written.get(i));
            if (code < 400 || code > 599) {
                fields.checks().invalid(fields.at("codes").index(i), "found " + code + ", expected 400 to 599");
            }
            codes.add(code);
        }
        return new Retry(codes.build(), fields.notNegative("attempts"), fields.duration("backoff"));
    }

    /** How the readers of filters ask whether a prefix was matched. */
    static boolean isPrefix(Match match) {
        return match.path() instanceof Path.Prefix;
    }

    static Optional<PathEdit> pathEdit(Fields fields) {
        return fields.message("path").map(path -> switch (path.text("type").orElse("")) {
            case "ReplaceFullPath" -> {
                required(path, "replaceFullPath");
                yield new PathEdit.Full(path.text("replaceFullPath").orElse("/"));
            }
            default -> {
                required(path, "replacePrefixMatch");
                yield new PathEdit.Prefix(path.text("replacePrefixMatch").orElse(""));
            }
        });
    }

    private static void required(Fields fields, String field) {
        if (!fields.isSet(field)) {
            fields.checks().missing(fields.at(field), "must be set for this type");
        }
    }
}
