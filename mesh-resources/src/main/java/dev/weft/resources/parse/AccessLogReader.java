package dev.weft.resources.parse;

import com.google.common.collect.ImmutableMap;
import dev.weft.model.http.LogOperators;
import dev.weft.resources.MeshConfig.AccessLog;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the access log of a mesh configuration. With {@code accessLogEncoding: JSON} the format is the text of a JSON object whose members hold
 * operators, as Istio's is (<a href="https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/">MeshConfig</a>); where Istio takes the default
 * format in the place of one that it cannot read, this refuses it.
 */
final class AccessLogReader {
    private static final String FORMAT = "accessLogFormat";

    private AccessLogReader() {}

    static AccessLog read(Fields mesh) {
        String format = mesh.text(FORMAT).orElse("");
        Encoding encoding = mesh.choice("accessLogEncoding", Encoding.class).orElse(Encoding.TEXT);
        return new AccessLog(
                mesh.text("accessLogFile").orElse(""),
                switch (encoding) {
                    case TEXT -> new AccessLog.Line(checked(mesh, "", format));
                    case JSON -> new AccessLog.Members(format.isBlank() ? ImmutableMap.of() : members(mesh, format));
                });
    }

    private enum Encoding {
        TEXT,
        JSON
    }

    private static ImmutableMap<String, String> members(Fields mesh, String format) {
        if (!(object(format) instanceof Map<?, ?> object)) {
            invalid(mesh, "found \"" + format.strip() + "\", expected a JSON object, as accessLogEncoding is JSON");
            return ImmutableMap.of();
        }
        ImmutableMap.Builder<String, String> members = ImmutableMap.builder();
        object.forEach((name, value) -> {
            if (value instanceof String text) {
                members.put(String.valueOf(name), checked(mesh, "member \"" + name + "\": ", text));
            } else {
                invalid(
                        mesh,
                        "member \"" + name + "\": found " + value
                                + ", expected a text; objects within the object are not served");
            }
        });
        return members.buildOrThrow();
    }

    /** JSON is YAML. What is neither is no map. */
    private static Object object(String format) {
        try {
            return new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromString(format);
        } catch (YamlEngineException e) {
            return format;
        }
    }

    private static String checked(Fields mesh, String where, String format) {
        LogOperators.problem(format).ifPresent(problem -> invalid(mesh, where + problem));
        return format;
    }

    private static void invalid(Fields mesh, String problem) {
        mesh.checks().invalid(mesh.at(FORMAT), problem);
    }
}
