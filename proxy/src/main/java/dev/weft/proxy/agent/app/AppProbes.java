package dev.weft.proxy.agent.app;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.proxy.agent.app.AppProbe.Header;
import dev.weft.proxy.agent.app.AppProbe.Place;
import dev.weft.proxy.agent.app.AppProbe.Scheme;
import dev.weft.xds.Decoded;
import dev.weft.xds.json.JsonReader;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what an injector wrote about the application: its probes by the path under which the kubelet asks for them (Istio's {@code
 * ISTIO_KUBE_APP_PROBERS}), and where its metrics are. Ports are numbers; a name was looked up when the pod was injected.
 */
public final class AppProbes {
    private static final String HEALTH = "/app-health/";
    private static final String LIFECYCLE = "/app-lifecycle/";
    private static final int DEFAULT_SECONDS = 1;

    private AppProbes() {}

    /** @throws IllegalArgumentException with what is wrong */
    public static ImmutableMap<String, AppProbe> parse(String json) {
        ImmutableMap.Builder<String, AppProbe> probes = ImmutableMap.builder();
        object(tree(json), "the text").forEach((path, probe) -> {
            if (!path.startsWith(HEALTH) && !path.startsWith(LIFECYCLE)) {
                throw new IllegalArgumentException(
                        "path '" + path + "' is not one under " + HEALTH + " or " + LIFECYCLE);
            }
            probes.put(path, probe(object(probe, path), path));
        });
        return probes.buildOrThrow();
    }

    /** @throws IllegalArgumentException with what is wrong */
    public static AppMetrics parseMetrics(String json) {
        Map<String, Object> tree = object(tree(json), "the text");
        String path = text(tree, "path", "/metrics");
        return new AppMetrics(port(tree, "80"), path.startsWith("/") ? path : "/" + path, scheme(tree));
    }

    private static Object tree(String json) {
        return switch (JsonReader.read(json)) {
            case Decoded.Value<Object>(Object tree) -> tree;
            case Decoded.Rejected<Object> rejected -> throw new IllegalArgumentException(rejected.message());
        };
    }

    private static AppProbe probe(Map<String, Object> probe, String path) {
        Duration timeout = Duration.ofSeconds(number(probe, "timeoutSeconds", DEFAULT_SECONDS));
        if (probe.get("httpGet") instanceof Map<?, ?>) {
            Map<String, Object> http = object(probe.get("httpGet"), path);
            String target = text(http, "path", "/");
            return new AppProbe.HttpGet(
                    place(http),
                    scheme(http),
                    target.startsWith("/") ? target : "/" + target,
                    headers(http, path),
                    timeout);
        }
        if (probe.get("tcpSocket") instanceof Map<?, ?>) {
            return new AppProbe.TcpConnect(place(object(probe.get("tcpSocket"), path)), timeout);
        }
        if (probe.get("grpc") instanceof Map<?, ?>) {
            Map<String, Object> grpc = object(probe.get("grpc"), path);
            return new AppProbe.GrpcHealth(place(grpc), text(grpc, "service", ""), timeout);
        }
        throw new IllegalArgumentException(path + " has none of httpGet, tcpSocket, grpc");
    }

    private static ImmutableList<Header> headers(Map<String, Object> http, String path) {
        if (!(http.get("httpHeaders") instanceof List<?> list)) {
            return ImmutableList.of();
        }
        ImmutableList.Builder<Header> headers = ImmutableList.builder();
        for (Object entry : list) {
            Map<String, Object> header = object(entry, path);
            headers.add(new Header(text(header, "name", ""), text(header, "value", "")));
        }
        return headers.build();
    }

    private static Place place(Map<String, Object> tree) {
        return new Place(text(tree, "host", ""), port(tree, ""));
    }

    private static int port(Map<String, Object> tree, String fallback) {
        String text = text(tree, "port", fallback);
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port is '" + text + "', expected a number", e);
        }
        throw new IllegalArgumentException("port is " + text + ", expected a number from 1 to 65535");
    }

    private static Scheme scheme(Map<String, Object> tree) {
        String scheme = text(tree, "scheme", "HTTP");
        return switch (scheme.toUpperCase(Locale.ROOT)) {
            case "HTTP" -> Scheme.HTTP;
            case "HTTPS" -> Scheme.HTTPS;
            default -> throw new IllegalArgumentException("scheme is '" + scheme + "', expected HTTP or HTTPS");
        };
    }

    private static String text(Map<String, Object> tree, String key, String fallback) {
        Object value = tree.get(key);
        return value instanceof String || value instanceof Number ? value.toString() : fallback;
    }

    private static long number(Map<String, Object> tree, String key, long fallback) {
        return tree.get(key) instanceof Long value && value > 0 ? value : fallback;
    }

    @SuppressWarnings("unchecked") // keys of JSON objects are texts
    private static Map<String, Object> object(Object tree, String where) {
        if (tree instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw new IllegalArgumentException(where + " is no JSON object");
    }
}
