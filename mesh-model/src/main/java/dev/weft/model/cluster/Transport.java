package dev.weft.model.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.tls.UpstreamTls;

/**
 * Plain text or TLS, by endpoint: the first match whose every pair the endpoint carries, else the fallback
 * ({@code transport_socket_matches} and {@code transport_socket}).
 */
@Immutable
public record Transport(ImmutableList<Match> matches, Socket fallback) {
    public static final Transport PLAIN = new Transport(ImmutableList.of(), new Plain());

    public Socket select(Endpoint endpoint) {
        for (int i = 0; i < matches.size(); i++) {
            Match match = matches.get(i);
            if (endpoint.transportMatch()
                    .entrySet()
                    .containsAll(match.metadata().entrySet())) {
                return match.socket();
            }
        }
        return fallback;
    }

    @Immutable
    public record Match(String name, ImmutableSortedMap<String, String> metadata, Socket socket) {}

    @Immutable
    public sealed interface Socket {}

    public record Plain() implements Socket {}

    public record Tls(UpstreamTls tls) implements Socket {}
}
