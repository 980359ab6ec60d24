package dev.weft.control.translate;

import dev.weft.resources.GatewayRoute.Match;
import dev.weft.resources.GatewayRoute.Path;
import java.util.Comparator;

/**
 * How specific a match of the Gateway API is. Exact paths come before prefixes and those before regular expressions, longer ones before
 * shorter; then a method, then more headers, then more parameters of the query.
 */
record RouteRank(int kind, int length, int method, int headers, int query) {
    static final Comparator<RouteRank> MOST_SPECIFIC_FIRST = Comparator.comparingInt(RouteRank::kind)
            .thenComparingInt(RouteRank::length)
            .thenComparingInt(RouteRank::method)
            .thenComparingInt(RouteRank::headers)
            .thenComparingInt(RouteRank::query)
            .reversed();

    private static final int EXACT = 2;
    private static final int PREFIX = 1;
    private static final int REGEX = 0;

    /** Something with its rank. */
    record Ranked<T>(RouteRank rank, T of) {}

    static RouteRank of(Match match) {
        Path path = match.path();
        return new RouteRank(
                kindOf(path),
                lengthOf(path),
                match.method().isPresent() ? 1 : 0,
                match.headers().size(),
                match.query().size());
    }

    private static int kindOf(Path path) {
        return switch (path) {
            case Path.Exact ignored -> EXACT;
            case Path.Prefix ignored -> PREFIX;
            case Path.Regex ignored -> REGEX;
            case Path.Rpc rpc ->
                switch (rpc.comparison()) {
                    case REGEX -> REGEX;
                    case EXACT -> rpc.service().isPresent() && rpc.method().isPresent() ? EXACT : PREFIX;
                };
        };
    }

    private static int lengthOf(Path path) {
        return switch (path) {
            case Path.Exact(String value) -> value.length();
            case Path.Prefix(String value) -> value.length();
            case Path.Regex(String value) -> value.length();
            case Path.Rpc rpc ->
                rpc.service().map(String::length).orElse(0)
                        + rpc.method().map(String::length).orElse(0);
        };
    }
}
