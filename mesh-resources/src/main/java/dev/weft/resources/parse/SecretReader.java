package dev.weft.resources.parse;

import com.google.common.collect.ImmutableMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.Secret;
import dev.weft.resources.SecretBytes;
import dev.weft.resources.yaml.YamlNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a Secret. No message quotes a value, and the tree that the store keeps for places in the file has none. */
final class SecretReader {
    private static final List<String> VALUES = List.of("data", "stringData");

    private SecretReader() {}

    static Secret read(ResourceMeta meta, Fields fields) {
        Map<String, SecretBytes> values = new LinkedHashMap<>();
        // As in Kubernetes, what is written in plain counts more.
        for (String field : VALUES) {
            fields.node()
                    .mapping(field)
                    .ifPresent(mapping -> mapping.entries().forEach((key, entry) -> {
                        FieldPath at = fields.at(field).key(key);
                        value(fields.checks(), at, entry.value(), field.equals("data"))
                                .ifPresent(value -> values.put(key, value));
                    }));
        }
        return new Secret(meta, fields.text("type").orElse(""), ImmutableMap.copyOf(values));
    }

    private static Optional<SecretBytes> value(Checks checks, FieldPath at, YamlNode node, boolean encoded) {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.isNull()) {
            checks.invalid(at, encoded ? "expected base64" : "expected a text");
            return Optional.empty();
        }
        if (!encoded) {
            return Optional.of(SecretBytes.of(scalar.text().getBytes(StandardCharsets.UTF_8)));
        }
        try {
            // Block scalars break long values into lines.
            return Optional.of(SecretBytes.of(Base64.getMimeDecoder().decode(checked(scalar.text()))));
        } catch (IllegalArgumentException e) {
            checks.invalid(at, "expected base64");
            return Optional.empty();
        }
    }

    /** The decoder for lines skips what is no base64, so that is looked for first. */
    private static String checked(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean known = c < 128 && (Character.isLetterOrDigit(c) || "+/=\r\n ".indexOf(c) >= 0);
            if (!known) {
                throw new IllegalArgumentException("not base64");
            }
        }
        return text;
    }

    /** The same tree without values. */
    static YamlNode.Mapping redacted(YamlNode.Mapping body) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(body.entries());
        for (String field : VALUES) {
            entries.computeIfPresent(
                    field,
                    (name, entry) -> new YamlNode.Entry(
                            entry.key(),
                            entry.value() instanceof YamlNode.Mapping mapping ? withoutValues(mapping) : empty(entry)));
        }
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), body.line(), body.column());
    }

    private static YamlNode.Mapping withoutValues(YamlNode.Mapping mapping) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> entries.put(key, new YamlNode.Entry(entry.key(), empty(entry))));
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), mapping.line(), mapping.column());
    }

    private static YamlNode empty(YamlNode.Entry entry) {
        return new YamlNode.Scalar(
                "",
                YamlNode.ScalarType.STRING,
                entry.value().line(),
                entry.value().column());
    }
}
