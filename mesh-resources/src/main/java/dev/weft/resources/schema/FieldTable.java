package dev.weft.resources.schema;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableTable;
import com.google.errorprone.annotations.Immutable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What Weft knows of what people may write, read once from the {@code *.fields} resources beside this class. To serve a field, take its word out of the
 * table and read it in its kind's reader. Immutable.
 *
 * @param kinds by API group and kind
 */
@Immutable
public record FieldTable(
        ImmutableMap<String, MessageType> messages,
        ImmutableMap<String, EnumType> enums,
        ImmutableTable<String, String, KindEntry> kinds) {

    private static final ImmutableList<String> RESOURCES = ImmutableList.of(
            "kinds.fields",
            "common.fields",
            "kubernetes.fields",
            "workloads.fields",
            "virtual-service.fields",
            "destination-rule.fields",
            "sidecar.fields",
            "gateway.fields",
            "gateway-api.fields",
            "security.fields",
            "mesh-config.fields");

    /** Reads the table that comes with this package. */
    public static FieldTable load() {
        FieldTableReader reader = new FieldTableReader();
        for (String resource : RESOURCES) {
            reader.read(resource, text(resource));
        }
        return reader.table();
    }

    public MessageType message(String name) {
        MessageType message = messages.get(name);
        if (message == null) {
            throw new AssertionError("the field table has no message " + name);
        }
        return message;
    }

    /** What is known of a kind. */
    public KindEntry kind(String group, String kind) {
        if (!kinds.containsRow(group)) {
            return new KindEntry.Foreign();
        }
        KindEntry entry = kinds.get(group, kind);
        if (entry != null) {
            return entry;
        }
        // Kubernetes' own groups hold far more than a mesh reads; only groups that are there for meshes have no unknown
        // kinds.
        return group.isEmpty() || group.equals("discovery.k8s.io")
                ? new KindEntry.Foreign()
                : new KindEntry.Unknown(kinds.row(group).keySet().asList());
    }

    /** The group in which a kind is known, for those who wrote another. */
    public Optional<String> groupOf(String kind) {
        return kinds.column(kind).keySet().stream().findFirst();
    }

    private static String text(String resource) {
        try (InputStream in = FieldTable.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new AssertionError("the field table lacks its part " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
