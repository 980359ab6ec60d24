package dev.weft.injector.select;

import dev.weft.injector.config.InjectorConfig.IstioNames;
import dev.weft.injector.tree.PodTree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pod itself says. A label beats an annotation, ours beats Istio's; what is neither yes nor no says nothing. */
enum PodChoice {
    ENABLED,
    DISABLED,
    SILENT;

    static PodChoice of(PodTree pod, IstioNames istioNames) {
        Map<String, String> labels = pod.labels();
        Map<String, String> annotations = pod.annotations();
        PodChoice ours = first(labels.get(Names.INJECT), annotations.get(Names.INJECT));
        return ours != SILENT || istioNames == IstioNames.IGNORED
                ? ours
                : first(labels.get(Names.ISTIO_POD), annotations.get(Names.ISTIO_POD));
    }

    static PodChoice parse(@Nullable String text) {
        if (text == null) {
            return SILENT;
        }
        return switch (text) {
            case "enabled", "true" -> ENABLED;
            case "disabled", "false" -> DISABLED;
            default -> SILENT;
        };
    }

    private static PodChoice first(@Nullable String label, @Nullable String annotation) {
        PodChoice choice = parse(label);
        return choice == SILENT ? parse(annotation) : choice;
    }
}
