package dev.weft.proxy.admin;

import dev.weft.proxy.telemetry.PrometheusText;
import dev.weft.xds.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an admin page answers. Immutable. */
record Answer(int status, String contentType, String body) {
    static Answer text(int status, String body) {
        return new Answer(status, "text/plain; charset=UTF-8", body);
    }

    static Answer text(String body) {
        return text(200, body);
    }

    static Answer prometheus(String body) {
        return new Answer(200, PrometheusText.CONTENT_TYPE, body);
    }

    /** @param json a text that is JSON */
    static Answer json(String json) {
        return new Answer(200, "application/json", json + "\n");
    }

    /** @param tree Map, List and scalars */
    static Answer tree(Object tree) {
        return json(JsonWriter.write(tree, JsonWriter.Layout.INDENTED));
    }

    /** A JSON object in this order: name, value, name, value … */
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = LinkedHashMap.newLinkedHashMap(pairs.length / 2);
        for (int i = 0; i < pairs.length; i += 2) {
            object.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return object;
    }
}
