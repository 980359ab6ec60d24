package dev.weft.model.route;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RouteConfig} compiled for lookup; immutable, shared by the loops. Virtual hosts are found by exact name, then the
 * longest {@code *.suffix}, then the longest {@code prefix.*}, then {@code *} (Envoy, "route matching"); inside a virtual host
 * the first route that matches wins. A wildcard stands for at least one character.
 */
public final class RouteTable {
    private static final int MAX_HOST = 1024;

    private final RouteConfig config;
    private final ByteKeyMap<VirtualHost> exact;
    private final ImmutableList<Wildcards> suffixes;
    private final ImmutableList<Wildcards> prefixes;
    private final @Nullable VirtualHost any;

    private RouteTable(RouteConfig config) {
        this.config = config;
        Map<String, VirtualHost> exactHosts = new HashMap<>();
        Map<Integer, Map<String, VirtualHost>> suffixHosts = new HashMap<>();
        Map<Integer, Map<String, VirtualHost>> prefixHosts = new HashMap<>();
        VirtualHost catchAll = null;
        Set<String> seen = new LinkedHashSet<>();
        for (VirtualHost host : config.virtualHosts()) {
            for (String domain : host.domains()) {
                String lower = domain.toLowerCase(Locale.ROOT);
                if (!seen.add(lower)) {
                    throw new IllegalArgumentException("domain '" + domain
                            + "' stands in two virtual hosts of route table '" + config.name() + "'");
                }
                if (lower.equals("*")) {
                    catchAll = host;
                } else if (lower.startsWith("*")) {
                    suffixHosts
                            .computeIfAbsent(lower.length() - 1, n -> new HashMap<>())
                            .put(lower.substring(1), host);
                } else if (lower.endsWith("*")) {
                    String prefix = lower.substring(0, lower.length() - 1);
                    prefixHosts
                            .computeIfAbsent(prefix.length(), n -> new HashMap<>())
                            .put(prefix, host);
                } else {
                    exactHosts.put(lower, host);
                }
            }
        }
        this.exact = new ByteKeyMap<>(exactHosts);
        this.suffixes = wildcards(suffixHosts);
        this.prefixes = wildcards(prefixHosts);
        this.any = catchAll;
    }

    /** @throws IllegalArgumentException when a domain stands in two virtual hosts */
    public static RouteTable of(RouteConfig config) {
        return new RouteTable(config);
    }

    private static ImmutableList<Wildcards> wildcards(Map<Integer, Map<String, VirtualHost>> byLength) {
        return byLength.entrySet().stream()
                .map(e -> new Wildcards(e.getKey(), new ByteKeyMap<>(e.getValue())))
                .sorted(Comparator.comparingInt(Wildcards::length).reversed())
                .collect(ImmutableList.toImmutableList());
    }

    public RouteConfig config() {
        return config;
    }

    /** The first route that matches, or null where no virtual host or no route does. */
    public @Nullable Route match(RequestFacts request) {
        VirtualHost host = virtualHost(request);
        return host == null ? null : route(host, request);
    }

    public @Nullable Route route(VirtualHost host, RequestFacts request) {
        ImmutableList<Route> routes = host.routes();
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            if (route.match().matches(request)) {
                return route;
            }
        }
        return null;
    }

    /** The virtual host of the request's authority, or null. */
    public @Nullable VirtualHost virtualHost(RequestFacts request) {
        long authority = request.authority();
        if (authority == Ranges.NONE) {
            return any;
        }
        byte[] block = request.block();
        int offset = Ranges.offset(authority);
        int length = Ranges.length(authority);
        if (config.ignorePortInHostMatching()) {
            length = withoutPort(block, offset, length);
        }
        if (length > MAX_HOST) {
            return any;
        }
        for (int i = offset; i < offset + length; i++) {
            if (block[i] >= 'A' && block[i] <= 'Z') {
                byte[] lower = lowerCase(block, offset, length);
                return find(lower, 0, length);
            }
        }
        return find(block, offset, length);
    }

    private @Nullable VirtualHost find(byte[] block, int offset, int length) {
        VirtualHost found = exact.find(block, offset, length);
        for (int i = 0; found == null && i < suffixes.size(); i++) {
            Wildcards w = suffixes.get(i);
            if (length > w.length()) {
                found = w.hosts().find(block, offset + length - w.length(), w.length());
            }
        }
        for (int i = 0; found == null && i < prefixes.size(); i++) {
            Wildcards w = prefixes.get(i);
            if (length > w.length()) {
                found = w.hosts().find(block, offset, w.length());
            }
        }
        return found == null ? any : found;
    }

    private static byte[] lowerCase(byte[] block, int offset, int length) {
        byte[] lower = new byte[length];
        for (int i = 0; i < length; i++) {
            byte b = block[offset + i];
            lower[i] = (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b);
        }
        return lower;
    }

    /** Length of the host without {@code :port}; an IPv6 literal keeps its brackets. */
    private static int withoutPort(byte[] block, int offset, int length) {
        int i = offset + length - 1;
        while (i >= offset && block[i] >= '0' && block[i] <= '9') {
            i--;
        }
        boolean port = i > offset && block[i] == ':' && i < offset + length - 1;
        if (!port) {
            return length;
        }
        boolean bareIpv6 = block[offset] != '[' && indexOf(block, offset, i, ':') >= 0;
        return bareIpv6 ? length : i - offset;
    }

    private static int indexOf(byte[] block, int from, int to, char c) {
        for (int i = from; i < to; i++) {
            if (block[i] == c) {
                return i;
            }
        }
        return -1;
    }

    private record Wildcards(int length, ByteKeyMap<VirtualHost> hosts) {}
}
