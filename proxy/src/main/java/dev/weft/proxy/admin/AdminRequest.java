package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What somebody asks the admin server for. Immutable.
 *
 * @param path decoded, without the query
 * @param parameters of the query; one that has no value is an empty text
 */
record AdminRequest(String method, String path, ImmutableMap<String, String> parameters) {
    /** @param target path and query as they came */
    static AdminRequest of(String method, String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        return new AdminRequest(
                method, decoded(path), mark < 0 ? ImmutableMap.of() : query(target.substring(mark + 1)));
    }

    boolean has(String parameter) {
        return parameters.containsKey(parameter);
    }

    /** A parameter's value; empty where there is none. */
    String value(String parameter) {
        return parameters.getOrDefault(parameter, "");
    }

    private static ImmutableMap<String, String> query(String text) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!name.isEmpty()) {
                parameters.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return ImmutableMap.copyOf(parameters);
    }

    /** A broken escape stays as it is. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
