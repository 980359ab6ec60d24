package dev.weft.proxy.pod;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * The environment's variables, read by kind. What is empty counts as not there, since templates leave empty values behind. Every
 * complaint names the variable.
 */
final class Variables {
    private static final int MAX_PORT = 65_535;

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    String text(String name, String fallback) {
        return find(name).orElse(fallback);
    }

    String required(String name, String what) {
        return find(name).orElseThrow(() -> new IllegalArgumentException(name + " is not set, expected " + what));
    }

    /** At least one address, comma-separated. */
    ImmutableList<String> addresses(String name) {
        ImmutableList.Builder<String> addresses = ImmutableList.builder();
        for (String part : required(name, "the pod's addresses (status.podIPs), comma-separated")
                .split(",", -1)) {
            String address = part.strip();
            if (!InetAddresses.isInetAddress(address)) {
                throw wrong(name, "IP addresses, comma-separated");
            }
            addresses.add(address);
        }
        return addresses.build();
    }

    int port(String name, int fallback) {
        return number(name, 0, MAX_PORT).orElse(fallback);
    }

    OptionalInt number(String name, int least, int most) {
        Optional<String> text = find(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return OptionalInt.of(value);
            }
        } catch (NumberFormatException e) {
            throw wrong(name, "a number from " + least + " to " + most);
        }
        throw wrong(name, "a number from " + least + " to " + most);
    }

    /** Whole seconds. */
    Duration seconds(String name, Duration fallback, int least) {
        OptionalInt value = number(name, least, Integer.MAX_VALUE);
        return value.isPresent() ? Duration.ofSeconds(value.getAsInt()) : fallback;
    }

    boolean flag(String name) {
        return flag(name, false);
    }

    boolean flag(String name, boolean fallback) {
        return switch (text(name, String.valueOf(fallback))) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(name, "true or false");
        };
    }

    <T extends Enum<T>> T choice(String name, T fallback) {
        Optional<String> text = find(name);
        if (text.isEmpty()) {
            return fallback;
        }
        T[] all = fallback.getDeclaringClass().getEnumConstants();
        for (T value : all) {
            if (value.name().equals(text.get())) {
                return value;
            }
        }
        throw wrong(name, "one of " + ImmutableList.copyOf(all));
    }

    /** What {@code parser} makes of it; its complaint gets the variable's name. */
    <T> Optional<T> parsed(String name, Function<String, T> parser) {
        try {
            return find(name).map(parser);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " cannot be used: " + e.getMessage(), e);
        }
    }

    IllegalArgumentException wrong(String name, String expected) {
        return new IllegalArgumentException(name + " is '" + text(name, "") + "', expected " + expected);
    }
}
