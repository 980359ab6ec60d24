package dev.weft.resources.crd;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.schema.FieldTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The CustomResourceDefinition of one kind: what {@code charts/weft-base} installs. Takes the kind from {@link CustomResource} and its schema from
 * {@link OpenApiSchema}. Pure. All versions share one schema, the preferred one is stored: there is nothing to convert.
 */
public final class CustomResourceDefinition {
    private static final String NOTICE =
            "# Written from the field table of mesh-resources; see docs/decisions/0025. Do not edit.\n";

    private CustomResourceDefinition() {}

    /** The definition as the text of a YAML file; the same for the same table. */
    public static String yaml(FieldTable table, CustomResource resource) {
        Dump dump = new Dump(DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(1_000)
                // The versions share objects; a reader of YAML may not know anchors.
                .setDereferenceAliases(true)
                .build());
        return NOTICE + dump.dumpToString(tree(table, resource));
    }

    static Map<String, Object> tree(FieldTable table, CustomResource resource) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", resource.name());
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("apiVersion", "apiextensions.k8s.io/v1");
        root.put("kind", "CustomResourceDefinition");
        root.put("metadata", metadata);
        root.put("spec", spec(table, resource));
        return root;
    }

    private static Map<String, Object> spec(FieldTable table, CustomResource resource) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("group", resource.kind().group());
        spec.put("names", names(resource));
        spec.put("scope", "Namespaced");
        List<Object> versions = new ArrayList<>();
        Map<String, Object> schema = schema(table, resource);
        for (String version : resource.kind().versions()) {
            Map<String, Object> served = new LinkedHashMap<>();
            served.put("name", version);
            served.put("served", true);
            served.put("storage", version.equals(resource.kind().versions().getFirst()));
            served.put("schema", ImmutableMap.of("openAPIV3Schema", schema));
            served.put("subresources", ImmutableMap.of("status", ImmutableMap.of()));
            served.put(
                    "additionalPrinterColumns",
                    resource.columns().stream()
                            .map(CustomResourceDefinition::column)
                            .toList());
            versions.add(served);
        }
        spec.put("versions", versions);
        return spec;
    }

    private static Map<String, Object> names(CustomResource resource) {
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("kind", resource.kind().kindName());
        names.put("listKind", resource.kind().kindName() + "List");
        names.put("plural", resource.plural());
        names.put("singular", resource.singular());
        if (!resource.shortNames().isEmpty()) {
            names.put("shortNames", resource.shortNames());
        }
        String subject = resource.kind().group().replace('.', '-');
        names.put("categories", ImmutableList.of("istio-io", subject));
        return names;
    }

    private static Map<String, Object> schema(FieldTable table, CustomResource resource) {
        Map<String, Object> status = OpenApiSchema.object();
        status.putAll(OpenApiSchema.anything());
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("spec", new OpenApiSchema(table).message(resource.message()));
        properties.put("status", status);
        Map<String, Object> schema = OpenApiSchema.object();
        schema.put("properties", properties);
        return schema;
    }

    private static Map<String, Object> column(CustomResource.Column column) {
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("name", column.name());
        written.put("type", column.type());
        written.put("jsonPath", column.path());
        return written;
    }
}
