package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The command line of one program, parsed once: a role and its flags. Immutable.
 *
 * @param role what the program is
 * @param flags values by flag name, without the dashes
 */
record Options(Role role, ImmutableMap<String, String> flags) {
    private static final Set<String> KNOWN = Set.of(
            "bind",
            "port",
            "http-proxy",
            "catalog",
            "reviews",
            "version",
            "ratings",
            "ratings-authority",
            "target",
            "rps");

    enum Role {
        FRONTPAGE,
        CATALOG,
        REVIEWS,
        RATINGS,
        TOGETHER,
        TRAFFIC
    }

    static Options parse(String... arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("expected a role as the first argument, found none");
        }
        Map<String, String> flags = new HashMap<>();
        for (int i = 1; i < arguments.length; i += 2) {
            String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
            if (!KNOWN.contains(name)) {
                throw new IllegalArgumentException("unknown argument: " + arguments[i]);
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("expected a value after " + arguments[i]);
            }
            flags.put(name, arguments[i + 1]);
        }
        return new Options(role(arguments[0]), ImmutableMap.copyOf(flags));
    }

    private static Role role(String name) {
        for (Role role : Role.values()) {
            if (role.name().toLowerCase(Locale.ROOT).equals(name)) {
                return role;
            }
        }
        String roles = Arrays.stream(Role.values())
                .map(role -> role.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        throw new IllegalArgumentException("unknown role: " + name + " (expected one of " + roles + ")");
    }

    /** Port to listen on; 0 takes a free one. */
    int port() {
        return number("port", 0);
    }

    /** Where to listen; the loopback address unless {@code --bind} names another. */
    InetSocketAddress listen() {
        return new InetSocketAddress(text("bind", "127.0.0.1"), port());
    }

    int number(String flag, int missing) {
        String value = flags.get(flag);
        if (value == null) {
            return missing;
        }
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + flag + ": expected a number, found " + value, e);
        }
    }

    String text(String flag, String missing) {
        return flags.getOrDefault(flag, missing);
    }

    URI uri(String flag, String missing) {
        return URI.create(text(flag, missing));
    }

    /** The sidecar as a forward proxy; empty means that addresses are reached directly. */
    Optional<InetSocketAddress> httpProxy(Map<String, String> environment) {
        String flag = flags.get("http-proxy");
        if (flag != null) {
            return Optional.of(address("--http-proxy", flag));
        }
        String variable = environment.get("http_proxy");
        return variable == null || variable.isEmpty()
                ? Optional.empty()
                : Optional.of(address(
                        "http_proxy", variable.replaceFirst("^http://", "").replaceFirst("/$", "")));
    }

    static InetSocketAddress address(String name, String value) {
        int colon = value.lastIndexOf(':');
        try {
            if (colon > 0) {
                return InetSocketAddress.createUnresolved(
                        value.substring(0, colon), Integer.parseInt(value.substring(colon + 1)));
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": expected HOST:PORT, found " + value, e);
        }
        throw new IllegalArgumentException(name + ": expected HOST:PORT, found " + value);
    }
}
