package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.FieldPath;
import dev.weft.resources.GatewayRoute.Filters;
import dev.weft.resources.GatewayRoute.Match;
import dev.weft.resources.GatewayRoute.PathEdit;
import dev.weft.resources.GatewayRoute.Redirect;
import dev.weft.resources.GatewayRoute.Rewrite;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HeaderEdits.Operations;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the filters of rules and backends; each type stands at most once in a list. */
final class RouteFiltersReader {
    static final Filters NONE = new Filters(HeaderEdits.NONE, Optional.empty(), Optional.empty());

    private static final ImmutableSet<Integer> REDIRECT_CODES = ImmutableSet.of(301, 302, 303, 307, 308);
    private static final ImmutableMap<String, String> FIELDS = ImmutableMap.of(
            "RequestHeaderModifier", "requestHeaderModifier",
            "ResponseHeaderModifier", "responseHeaderModifier",
            "RequestRedirect", "requestRedirect",
            "URLRewrite", "urlRewrite");

    private RouteFiltersReader() {}

    static Filters http(Fields holder) {
        Map<String, Fields> byType = byType(holder);
        Optional<Redirect> redirect =
                Optional.ofNullable(byType.get("RequestRedirect")).map(RouteFiltersReader::redirect);
        Optional<Rewrite> rewrite =
                Optional.ofNullable(byType.get("URLRewrite")).map(RouteFiltersReader::rewrite);
        if (redirect.isPresent() && rewrite.isPresent()) {
            holder.checks().conflict(holder.at("filters"), "found both RequestRedirect and URLRewrite");
        }
        return new Filters(headers(byType), redirect, rewrite);
    }

    /** Of one backend: its share of the traffic may get other headers and another host, and nothing else. */
    static Filters httpBackend(Fields holder) {
        Filters filters = http(holder);
        if (filters.redirect().isPresent()
                || filters.rewrite().flatMap(Rewrite::path).isPresent()) {
            holder.checks()
                    .unsupported(
                            holder.at("filters"),
                            "redirects and rewrites of the path are served at a rule, not at one of its backends");
        }
        return filters;
    }

    static Filters grpc(Fields holder) {
        return new Filters(headers(byType(holder)), Optional.empty(), Optional.empty());
    }

    /** What replaces a prefix needs one that was matched. */
    static void checkPrefixEdits(Fields rule, Filters filters, ImmutableList<Match> matches) {
        boolean edits = filters.redirect()
                .flatMap(Redirect::path)
                .or(() -> filters.rewrite().flatMap(Rewrite::path))
                .filter(PathEdit.Prefix.class::isInstance)
                .isPresent();
        if (edits && !matches.stream().allMatch(GatewayRouteReader::isPrefix)) {
            rule.checks().conflict(rule.at("filters"), "ReplacePrefixMatch needs matches of the type PathPrefix");
        }
    }

    private static Map<String, Fields> byType(Fields holder) {
        Map<String, Fields> byType = new HashMap<>();
        for (Fields filter : holder.messages("filters")) {
            String type = filter.text("type").orElse("");
            String field = FIELDS.getOrDefault(type, "");
            Optional<Fields> settings = field.isEmpty() ? Optional.empty() : filter.message(field);
            if (settings.isEmpty()) {
                filter.checks().missing(filter.at(field), "must be set for the type " + type);
                continue;
            }
            FIELDS.values().stream()
                    .filter(other -> !other.equals(field) && filter.isSet(other))
                    .forEach(other -> filter.checks().conflict(filter.at(other), "is not of the type " + type));
            if (byType.put(type, settings.get()) != null) {
                filter.checks().conflict(filter.at("type"), "found the type " + type + " twice");
            }
        }
        return byType;
    }

    private static HeaderEdits headers(Map<String, Fields> byType) {
        return new HeaderEdits(
                operations(byType.get("RequestHeaderModifier")), operations(byType.get("ResponseHeaderModifier")));
    }

    private static Operations operations(@Nullable Fields fields) {
        if (fields == null) {
            return Operations.NONE;
        }
        ImmutableList<String> removed = fields.texts("remove");
        for (int i = 0; i < removed.size(); i++) {
            check(fields, fields.at("remove").index(i), removed.get(i));
        }
        return new Operations(values(fields, "set"), values(fields, "add"), removed);
    }

    private static ImmutableMap<String, String> values(Fields fields, String field) {
        Map<String, String> values = new LinkedHashMap<>();
        for (Fields header : fields.messages(field)) {
            String name = header.text("name").orElse("");
            check(header, header.at("name"), name);
            if (values.put(name, header.text("value").orElse("")) != null) {
                header.checks().conflict(header.at("name"), "found the header \"" + name + "\" twice");
            }
        }
        return ImmutableMap.copyOf(values);
    }

    private static void check(Fields fields, FieldPath at, String name) {
        if (!Formats.isHeaderName(name)) {
            fields.checks().invalid(at, "found \"" + name + "\", expected the name of a header");
        }
    }

    private static Redirect redirect(Fields fields) {
        int code = fields.number("statusCode").orElse(302);
        if (!REDIRECT_CODES.contains(code)) {
            fields.checks().invalid(fields.at("statusCode"), "found " + code + ", expected one of " + REDIRECT_CODES);
        }
        return new Redirect(
                fields.text("scheme"),
                fields.text("hostname"),
                GatewayRouteReader.pathEdit(fields),
                fields.number("port"),
                code);
    }

    private static Rewrite rewrite(Fields fields) {
        return new Rewrite(fields.text("hostname"), GatewayRouteReader.pathEdit(fields));
    }
}
