package dev.weft.injector.select;

import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfig.IstioNames;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the labels of a namespace say. Ours are asked first; Istio's count only where none of ours is there. */
enum NamespaceChoice {
    ENABLED,
    DISABLED,
    OTHER_REVISION,
    SILENT;

    static NamespaceChoice of(Map<String, String> labels, InjectorConfig config) {
        String inject = labels.get(Names.INJECT);
        String revision = labels.get(Names.REVISION);
        if (inject != null || revision != null) {
            return ours(inject, revision, config);
        }
        return config.istioNames() == IstioNames.SERVED ? istio(labels, config) : SILENT;
    }

    private static NamespaceChoice ours(@Nullable String inject, @Nullable String revision, InjectorConfig config) {
        PodChoice written = PodChoice.parse(inject);
        if (written == PodChoice.DISABLED) {
            return DISABLED;
        }
        if (revision != null) {
            return revision.equals(config.revision()) ? ENABLED : OTHER_REVISION;
        }
        return written == PodChoice.ENABLED ? unnamed(config) : SILENT;
    }

    /** In Istio the label without a revision beats the one with a revision. */
    private static NamespaceChoice istio(Map<String, String> labels, InjectorConfig config) {
        String injection = labels.get(Names.ISTIO_NAMESPACE);
        if (injection != null) {
            return injection.equals("enabled") ? unnamed(config) : DISABLED;
        }
        String revision = labels.get(Names.ISTIO_REVISION);
        if (revision == null) {
            return SILENT;
        }
        return revision.equals(config.revision()) ? ENABLED : OTHER_REVISION;
    }

    private static NamespaceChoice unnamed(InjectorConfig config) {
        return config.isDefaultRevision() ? ENABLED : OTHER_REVISION;
    }
}
