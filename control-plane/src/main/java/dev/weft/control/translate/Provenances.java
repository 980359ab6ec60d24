package dev.weft.control.translate;

import dev.weft.model.Provenance;
import dev.weft.resources.ResourceMeta;

/** Turns the name of a resource into the provenance that the model carries. */
final class Provenances {
    private Provenances() {}

    static Provenance of(ResourceMeta meta) {
        return Provenance.of(meta.kind().kindName(), meta.namespace(), meta.name());
    }
}
