package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;

/** Names of proxies as people type them: {@code web}, {@code web.shop}, {@code pod/web}. */
public final class ProxyName {
    private ProxyName() {}

    /** @param typed empty matches every proxy */
    public static boolean matches(JsonNode item, String typed) {
        String plain = typed.substring(typed.indexOf('/') + 1);
        String name = item.path("name").asText();
        return plain.isEmpty()
                || plain.equals(name)
                || plain.equals(name + "." + item.path("namespace").asText());
    }
}
