package dev.weft.injector.settings;

import com.google.common.collect.ImmutableMap;
import dev.weft.injector.config.InjectorConfig.Resources;
import java.util.Optional;
import java.util.regex.Pattern;

/** The proxy's requests and limits of one pod. As soon as one annotation names one, only the annotations count, as in Istio. */
final class ResourceAnnotations {
    private static final String PREFIX = "sidecar.istio.io/";
    private static final Pattern QUANTITY =
            Pattern.compile("[0-9]+(\\.[0-9]*)?([eE][-+]?[0-9]+|n|u|m|k|Ki|Mi|Gi|Ti|Pi|Ei|M|G|T|P|E)?");

    private ResourceAnnotations() {}

    static Resources read(PodAnnotations annotations, Resources defaults) {
        Resources own = new Resources(
                amounts(annotations, "proxyCPU", "proxyMemory"),
                amounts(annotations, "proxyCPULimit", "proxyMemoryLimit"));
        return own.requests().isEmpty() && own.limits().isEmpty() ? defaults : own;
    }

    private static ImmutableMap<String, String> amounts(PodAnnotations annotations, String cpu, String memory) {
        ImmutableMap.Builder<String, String> amounts = ImmutableMap.builder();
        quantity(annotations, cpu).ifPresent(amount -> amounts.put("cpu", amount));
        quantity(annotations, memory).ifPresent(amount -> amounts.put("memory", amount));
        return amounts.buildOrThrow();
    }

    private static Optional<String> quantity(PodAnnotations annotations, String name) {
        Optional<String> text = annotations.text(PREFIX + name);
        if (text.isPresent() && !QUANTITY.matcher(text.get()).matches()) {
            annotations.refuse(PREFIX + name, "found \"" + text.get() + "\", expected an amount such as 100m or 128Mi");
        }
        return text;
    }
}
