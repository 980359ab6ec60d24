package dev.weft.control.source;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceMeta;

/**
 * The object whose status is meant, and which version of it was looked at.
 *
 * @param apiVersion under which it was read, such as {@code gateway.networking.k8s.io/v1}
 * @param namespace empty for an object of the whole cluster
 * @param generation becomes {@code observedGeneration}; 0 where the source does not count
 */
@Immutable
public record StatusTarget(String apiVersion, String kind, String namespace, String name, long generation) {

    public static StatusTarget of(ResourceMeta meta) {
        return new StatusTarget(
                meta.apiVersion(), meta.kind().kindName(), meta.namespace(), meta.name(), meta.generation());
    }

    /** The object without the version; with the group, since two groups have a kind of one name. */
    public String object() {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
        return kind + group + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
