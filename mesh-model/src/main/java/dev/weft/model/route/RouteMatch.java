package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;
import java.nio.charset.StandardCharsets;

/**
 * The conditions of a route, all of which must hold.
 *
 * @param grpc whether only requests with {@code content-type: application/grpc} (or {@code +suffix}) match
 */
@Immutable
public record RouteMatch(
        PathMatch path,
        boolean caseSensitive,
        ImmutableList<HeaderMatch> headers,
        ImmutableList<QueryMatch> query,
        boolean grpc) {
    public static final RouteMatch ANY = path(PathMatch.prefix("/"));

    private static final HeaderKey CONTENT_TYPE = HeaderKey.of("content-type");
    private static final byte[] GRPC = "application/grpc".getBytes(StandardCharsets.US_ASCII);

    public static RouteMatch path(PathMatch path) {
        return new RouteMatch(path, true, ImmutableList.of(), ImmutableList.of(), false);
    }

    public boolean matches(RequestFacts request) {
        if (!path.matches(request, caseSensitive) || grpc && !isGrpc(request)) {
            return false;
        }
        for (int i = 0; i < headers.size(); i++) {
            if (!headers.get(i).matches(request)) {
                return false;
            }
        }
        for (int i = 0; i < query.size(); i++) {
            if (!query.get(i).matches(request)) {
                return false;
            }
        }
        return true;
    }

    /** Whether the request's content type is gRPC's. */
    public static boolean isGrpc(RequestFacts request) {
        long type = request.header(CONTENT_TYPE, 0);
        if (type == Ranges.NONE || Ranges.length(type) < GRPC.length) {
            return false;
        }
        byte[] block = request.block();
        int offset = Ranges.offset(type);
        for (int i = 0; i < GRPC.length; i++) {
            if (block[offset + i] != GRPC[i]) {
                return false;
            }
        }
        return Ranges.length(type) == GRPC.length || block[offset + GRPC.length] == '+';
    }
}
