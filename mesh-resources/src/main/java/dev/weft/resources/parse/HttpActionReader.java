package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpAction.Body;
import dev.weft.resources.HttpAction.RedirectPath;
import dev.weft.resources.HttpAction.RedirectPort;
import dev.weft.resources.HttpAction.WeightedHttpDestination;
import dev.weft.resources.HttpRoute.Match;
import dev.weft.resources.StringMatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Reads what an HTTP rule does, and checks that it does one thing only. */
final class HttpActionReader {
    private static final ImmutableSet<Integer> REDIRECT_CODES = ImmutableSet.of(301, 302, 303, 307, 308);
    private static final String PREFIX_OPERATOR = "%PREFIX()%";
    private static final int MAX_BODY = 1024 * 1024;

    private HttpActionReader() {}

    static HttpAction read(Fields rule, ImmutableList<Match> match) {
        checkOneAction(rule);
        if (rule.isSet("redirect")) {
            return rule.message("redirect")
                    .map(fields -> redirect(fields, match))
                    .orElseThrow();
        }
        if (rule.isSet("directResponse")) {
            return rule.message("directResponse")
                    .map(HttpActionReader::directResponse)
                    .orElseThrow();
        }
        if (rule.isSet("delegate")) {
            return rule.message("delegate")
                    .map(fields -> new HttpAction.Delegate(fields.text("name").orElse(""), fields.text("namespace")))
                    .orElseThrow();
        }
        return forward(rule);
    }

    private static void checkOneAction(Fields rule) {
        List<String> actions = ImmutableList.of("route", "redirect", "directResponse", "delegate").stream()
                .filter(rule::isSet)
                .toList();
        if (actions.isEmpty()) {
            rule.checks().missing(rule.path(), "expected one of route, redirect, directResponse, delegate");
        } else if (actions.size() > 1) {
            rule.checks()
                    .conflict(
                            rule.at(actions.get(1)),
                            "found " + String.join(" and ", actions) + ", expected only one of them");
        }
        boolean answers = rule.isSet("redirect") || rule.isSet("directResponse");
        for (String field : List.of("fault", "rewrite")) {
            if (answers && rule.isSet(field)) {
                rule.checks().conflict(rule.at(field), "does not go with a rule that answers by itself");
            }
        }
    }

    private static HttpAction.Forward forward(Fields rule) {
        ImmutableList<WeightedHttpDestination> destinations = rule.list(
                "route",
                fields -> new WeightedHttpDestination(
                        VirtualServiceReader.destination(fields),
                        VirtualServiceReader.weight(fields),
                        HttpRouteReader.headers(fields)));
        if (rule.isSet("route") && destinations.isEmpty()) {
            rule.checks().missing(rule.at("route"), "expected at least one destination");
        }
        VirtualServiceReader.checkWeights(rule, destinations, WeightedHttpDestination::weight);
        return new HttpAction.Forward(destinations);
    }

    private static HttpAction.Redirect redirect(Fields fields, ImmutableList<Match> match) {
        Optional<RedirectPath> path = redirectPath(fields);
        Optional<String> authority = fields.text("authority");
        Optional<RedirectPort> port = redirectPort(fields);
        Optional<String> scheme = fields.text("scheme");
        int code = fields.positive("redirectCode").orElse(301);
        if (path.isEmpty() && authority.isEmpty() && port.isEmpty() && scheme.isEmpty()) {
            fields.checks()
                    .missing(fields.path(), "expected uri, prefixRewrite, authority, port, derivePort or scheme");
        }
        if (fields.isSet("prefixRewrite") && !allPrefixes(match)) {
            fields.checks().conflict(fields.at("prefixRewrite"), "every match of the rule must have a uri prefix");
        }
        if (scheme.isPresent() && !scheme.get().equals("http") && !scheme.get().equals("https")) {
            fields.checks().invalid(fields.at("scheme"), "found \"" + scheme.get() + "\", expected http or https");
        }
        if (!REDIRECT_CODES.contains(code)) {
            fields.checks().invalid(fields.at("redirectCode"), "found " + code + ", expected one of " + REDIRECT_CODES);
        }
        return new HttpAction.Redirect(path, authority, port, scheme, code);
    }

    private static Optional<RedirectPath> redirectPath(Fields fields) {
        Optional<RedirectPath> prefix = fields.text("prefixRewrite").map(RedirectPath.ReplacePrefix::new);
        return prefix.or(() -> fields.text("uri")
                .map(uri -> uri.startsWith(PREFIX_OPERATOR)
                        ? new RedirectPath.ReplacePrefix(uri.substring(PREFIX_OPERATOR.length()))
                        : new RedirectPath.Full(uri)));
    }

    private static Optional<RedirectPort> redirectPort(Fields fields) {
        if (fields.isSet("port")) {
            return Optional.of(new RedirectPort.Number(fields.number("port").orElseThrow()));
        }
        return fields.text("derivePort")
                .map(text -> text.equals("FROM_REQUEST_PORT")
                        ? new RedirectPort.FromRequest()
                        : new RedirectPort.ProtocolDefault());
    }

    private static boolean allPrefixes(ImmutableList<Match> matches) {
        return !matches.isEmpty()
                && matches.stream()
                        .allMatch(match -> match.uri()
                                .filter(StringMatch.Prefix.class::isInstance)
                                .isPresent());
    }

    private static HttpAction.DirectResponse directResponse(Fields fields) {
        int status = fields.number("status").orElse(0);
        if (status < 200 || status > 599) {
            fields.checks().invalid(fields.at("status"), "found " + status + ", expected 200 to 599");
        }
        return new HttpAction.DirectResponse(
                status, fields.message("body").map(HttpActionReader::body).orElse(new Body.None()));
    }

    private static Body body(Fields fields) {
        if (fields.isSet("bytes")) {
            Body.Bytes bytes = new Body.Bytes(fields.text("bytes").orElse(""));
            checkSize(fields, "bytes", bytes.decoded().length);
            return bytes;
        }
        String text = fields.text("string").orElse("");
        checkSize(fields, "string", text.getBytes(StandardCharsets.UTF_8).length);
        return text.isEmpty() ? new Body.None() : new Body.Text(text);
    }

    private static void checkSize(Fields fields, String field, int size) {
        if (size > MAX_BODY) {
            fields.checks().invalid(fields.at(field), "found " + size + " bytes, expected at most " + MAX_BODY);
        }
    }
}
