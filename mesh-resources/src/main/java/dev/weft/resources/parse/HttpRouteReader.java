package dev.weft.resources.parse;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HttpFault;
import dev.weft.resources.HttpRetry;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.HttpRoute.CorsPolicy;
import dev.weft.resources.HttpRoute.Match;
import dev.weft.resources.HttpRoute.Mirror;
import dev.weft.resources.HttpRoute.Rewrite;
import dev.weft.resources.HttpRoute.UnmatchedPreflights;
import dev.weft.resources.HttpRoute.UriRewrite;
import dev.weft.resources.Percent;
import dev.weft.resources.StringMatch;
import java.util.Optional;

/** Reads one HTTP rule: its conditions and everything that is done beside its action, which {@link HttpActionReader} reads. */
final class HttpRouteReader {
    private static final Splitter COMMAS = Splitter.on(',').trimResults().omitEmptyStrings();
    private static final ImmutableSet<String> PSEUDO_HEADERS = ImmutableSet.of("uri", "scheme", "method", "authority");
    private static final ImmutableSet<String> RETRY_CONDITIONS = ImmutableSet.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "envoy-ratelimited",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private HttpRouteReader() {}

    static HttpRoute read(Fields fields) {
        ImmutableList<Match> match = fields.list("match", HttpRouteReader::match);
        HeaderEdits headers = headers(fields);
        HttpRoute route = new HttpRoute(
                fields.text("name"),
                match,
                HttpActionReader.read(fields, match),
                fields.message("rewrite").map(HttpRouteReader::rewrite),
                fields.duration("timeout"),
                fields.message("retries").map(HttpRouteReader::retry),
                fields.message("fault").map(HttpRouteReader::fault),
                mirrors(fields),
                fields.message("corsPolicy").map(HttpRouteReader::cors),
                headers);
        boolean hostRewritten = route.rewrite().flatMap(Rewrite::authority).isPresent();
        if (hostRewritten && headers.request().set().keySet().stream().anyMatch(HeaderEditsReader::isHost)) {
            fields.checks()
                    .conflict(
                            fields.at("rewrite").field("authority"),
                            "the authority is set in headers.request.set, too");
        }
        return route;
    }

    static HeaderEdits headers(Fields fields) {
        return fields.message("headers").map(HeaderEditsReader::read).orElse(HeaderEdits.NONE);
    }

    private static Match match(Fields fields) {
        Optional<StringMatch> uri = part(fields, "uri");
        boolean ignoreUriCase = fields.flag("ignoreUriCase");
        if (ignoreUriCase && uri.filter(StringMatch.Regex.class::isInstance).isPresent()) {
            fields.checks().ineffective(fields.at("ignoreUriCase"), "has no effect on a regex; begin it with (?i)");
        }
        return new Match(
                fields.text("name"),
                uri,
                ignoreUriCase,
                part(fields, "scheme"),
                part(fields, "method"),
                part(fields, "authority"),
                headerMatches(fields, "headers"),
                headerMatches(fields, "withoutHeaders"),
                fields.map("queryParams", CommonReader::stringMatch),
                fields.number("port"),
                fields.textMap("sourceLabels"),
                fields.text("sourceNamespace"),
                fields.texts("gateways"),
                fields.text("statPrefix"));
    }

    private static Optional<StringMatch> part(Fields fields, String field) {
        return fields.message(field).map(CommonReader::stringMatch);
    }

    private static ImmutableMap<String, StringMatch> headerMatches(Fields fields, String field) {
        ImmutableMap<String, StringMatch> matches = fields.map(field, CommonReader::stringMatch);
        for (String name : matches.keySet()) {
            if (name.startsWith("@request.auth.claims")) {
                fields.checks()
                        .unsupported(
                                fields.at(field).key(name),
                                "routing by the claims of a token is not served by this version of Weft");
            } else if (PSEUDO_HEADERS.contains(name)) {
                fields.checks()
                        .ineffective(
                                fields.at(field).key(name), "is ignored: it is a field of its own beside " + field);
            } else if (!Formats.isHeaderName(name)) {
                fields.checks()
                        .invalid(fields.at(field).key(name), "found \"" + name + "\", expected the name of a header");
            }
        }
        return matches.entrySet().stream()
                .filter(entry -> !PSEUDO_HEADERS.contains(entry.getKey()))
                .collect(ImmutableMap.toImmutableMap(entry -> entry.getKey(), entry -> entry.getValue()));
    }

    private static Rewrite rewrite(Fields fields) {
        Optional<UriRewrite> uri = fields.message("uriRegexRewrite")
                .<UriRewrite>map(HttpRouteReader::regexRewrite)
                .or(() -> fields.text("uri").map(UriRewrite.Replace::new));
        Optional<String> authority = fields.text("authority");
        if (uri.isEmpty() && authority.isEmpty()) {
            fields.checks().missing(fields.path(), "expected uri, uriRegexRewrite or authority");
        }
        return new Rewrite(uri, authority);
    }

    private static UriRewrite.Regex regexRewrite(Fields fields) {
        String match = fields.text("match").orElse("");
        Formats.regexProblem(match).ifPresent(problem -> fields.checks().invalid(fields.at("match"), problem));
        return new UriRewrite.Regex(match, fields.text("rewrite").orElse(""));
    }

    static HttpRetry retry(Fields fields) {
        ImmutableList<String> conditions = fields.text("retryOn")
                .map(text -> ImmutableList.copyOf(COMMAS.split(text)))
                .orElse(ImmutableList.of());
        for (String condition : conditions) {
            Integer status = Ints.tryParse(condition);
            boolean known = status == null ? RETRY_CONDITIONS.contains(condition) : status >= 100 && status <= 599;
            if (!known) {
                fields.checks()
                        .invalid(
                                fields.at("retryOn"),
                                "found \"" + condition + "\", expected status codes or some of "
                                        + String.join(", ", RETRY_CONDITIONS));
            }
        }
        return new HttpRetry(
                Math.max(0, fields.number("attempts").orElse(0)),
                fields.duration("perTryTimeout"),
                conditions,
                fields.optionalFlag("retryIgnorePreviousHosts").orElse(true)
                        ? HttpRetry.PreviousHosts.AVOID
                        : HttpRetry.PreviousHosts.ALLOW,
                fields.duration("backoff"));
    }

    private static HttpFault fault(Fields fields) {
        return new HttpFault(
                fields.message("delay").map(HttpRouteReader::delay),
                fields.message("abort").flatMap(HttpRouteReader::abort));
    }

    private static HttpFault.Delay delay(Fields fields) {
        return new HttpFault.Delay(fields.duration("fixedDelay").orElseThrow(), share(fields, Percent.ZERO));
    }

    private static Optional<HttpFault.Abort> abort(Fields fields) {
        Percent share = share(fields, Percent.ZERO);
        if (fields.isSet("httpStatus")) {
            int status = fields.number("httpStatus").orElseThrow();
            if (status < 200 || status > 599) {
                fields.checks().invalid(fields.at("httpStatus"), "found " + status + ", expected 200 to 599");
            }
            return Optional.of(new HttpFault.Abort(new HttpFault.AbortStatus.Http(status), share));
        }
        if (fields.isSet("grpcStatus")) {
            return fields.text("grpcStatus")
                    .map(status -> new HttpFault.Abort(new HttpFault.AbortStatus.Grpc(status), share));
        }
        fields.checks().ineffective(fields.path(), "aborts nothing without httpStatus or grpcStatus");
        return Optional.empty();
    }

    private static ImmutableList<Mirror> mirrors(Fields fields) {
        if (!fields.isSet("mirror")) {
            return fields.list(
                    "mirrors",
                    mirror -> new Mirror(VirtualServiceReader.destination(mirror), share(mirror, Percent.ALL)));
        }
        Percent percentage =
                fields.message("mirrorPercentage").map(CommonReader::percent).orElse(Percent.ALL);
        return fields.message("mirror")
                .map(mirror -> ImmutableList.of(new Mirror(CommonReader.destination(mirror), percentage)))
                .orElseThrow();
    }

    private static Percent share(Fields fields, Percent absent) {
        return fields.message("percentage").map(CommonReader::percent).orElse(absent);
    }

    private static CorsPolicy cors(Fields fields) {
        return new CorsPolicy(
                fields.list("allowOrigins", CommonReader::stringMatch),
                fields.texts("allowMethods"),
                fields.texts("allowHeaders"),
                fields.texts("exposeHeaders"),
                fields.duration("maxAge"),
                fields.optionalFlag("allowCredentials"),
                fields.text("unmatchedPreflights")
                                .filter(text -> text.equals("IGNORE"))
                                .isPresent()
                        ? UnmatchedPreflights.IGNORE
                        : UnmatchedPreflights.FORWARD);
    }
}
