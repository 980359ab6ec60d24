package dev.weft.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.model.Provenance;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Provenance as filter metadata. Kinds of Istio stand under {@code istio.config} as the path that Istio itself writes
 * ({@code /apis/networking.istio.io/v1/namespaces/shop/virtual-service/reviews}), so that tools that know Istio show them; what the path cannot
 * say, a rule index or any other kind, stands under {@code weft}.
 */
public final class ProvenanceMetadata {
    public static final String ISTIO = "istio";
    public static final String WEFT = "weft";

    private static final String CONFIG = "config";
    private static final Set<String> NETWORKING = Set.of(
            "VirtualService", "DestinationRule", "ServiceEntry", "WorkloadEntry", "Sidecar", "Gateway", "EnvoyFilter");
    private static final Set<String> SECURITY =
            Set.of("PeerAuthentication", "AuthorizationPolicy", "RequestAuthentication");

    private ProvenanceMetadata() {}

    public static Metadata encode(Provenance source) {
        Metadata.Builder metadata = Metadata.newBuilder();
        addTo(metadata, Struct.newBuilder(), source);
        return metadata.build();
    }

    /** @param istio what else stands under {@code istio} */
    public static void addTo(Metadata.Builder metadata, Struct.Builder istio, Provenance source) {
        Struct.Builder weft = Struct.newBuilder();
        String group = NETWORKING.contains(source.kind())
                ? "networking.istio.io"
                : SECURITY.contains(source.kind()) ? "security.istio.io" : "";
        if (group.isEmpty()) {
            weft.putFields("kind", text(source.kind()));
            weft.putFields("namespace", text(source.namespace()));
            weft.putFields("name", text(source.name()));
        } else {
            istio.putFields(
                    CONFIG,
                    text("/apis/" + group + "/v1/namespaces/" + source.namespace() + "/" + kebab(source.kind()) + "/"
                            + source.name()));
        }
        source.ruleIndex()
                .ifPresent(rule -> weft.putFields(
                        "rule", Value.newBuilder().setNumberValue(rule).build()));
        if (istio.getFieldsCount() > 0) {
            metadata.putFilterMetadata(ISTIO, istio.build());
        }
        if (weft.getFieldsCount() > 0) {
            metadata.putFilterMetadata(WEFT, weft.build());
        }
    }

    /** Empty where the metadata names no resource; metadata of other writers is no mistake. */
    public static Optional<Provenance> decode(Metadata metadata) {
        Map<String, Value> weft = fields(metadata, WEFT);
        int rule = weft.containsKey("rule")
                ? (int) weft.getOrDefault("rule", Value.getDefaultInstance()).getNumberValue()
                : Provenance.WHOLE;
        if (weft.containsKey("kind")) {
            return Optional.of(new Provenance(text(weft, "kind"), text(weft, "namespace"), text(weft, "name"), rule));
        }
        // /apis/<group>/<version>/namespaces/<namespace>/<kind>/<name>
        String[] parts = text(fields(metadata, ISTIO), CONFIG).split("/");
        if (parts.length != 8 || !parts[4].equals("namespaces")) {
            return Optional.empty();
        }
        return Optional.of(new Provenance(camel(parts[6]), parts[5], parts[7], rule));
    }

    private static Map<String, Value> fields(Metadata metadata, String key) {
        return metadata.getFilterMetadataOrDefault(key, Struct.getDefaultInstance())
                .getFieldsMap();
    }

    private static String text(Map<String, Value> fields, String key) {
        return fields.getOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static String kebab(String kind) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < kind.length(); i++) {
            char c = kind.charAt(i);
            if (Character.isUpperCase(c) && i > 0) {
                text.append('-');
            }
            text.append(Character.toLowerCase(c));
        }
        return text.toString();
    }

    private static String camel(String kebab) {
        StringBuilder text = new StringBuilder();
        for (String word : kebab.split("-")) {
            if (!word.isEmpty()) {
                text.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
        }
        return text.toString();
    }
}
