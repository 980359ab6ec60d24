package dev.weft.injector.select;

import com.google.common.collect.ImmutableSet;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfig.IstioNames;
import dev.weft.injector.config.Selector;
import dev.weft.injector.select.Decision.Inject;
import dev.weft.injector.select.Decision.Skip;
import dev.weft.injector.select.Decision.SkipReason;
import dev.weft.injector.tree.PodTree;
import java.util.Optional;

/**
 * Decides whether a pod gets a proxy. The {@link dev.weft.injector.Injector} asks it first. Immutable. The order is that of Istio: what can never work, the pod's
 * own word, the operator's selectors, the namespace; a no on either level wins over a yes on the other.
 */
public final class InjectionSelector {
    private static final ImmutableSet<String> SYSTEM_NAMESPACES =
            ImmutableSet.of("kube-system", "kube-public", "kube-node-lease");

    private final InjectorConfig config;

    public InjectionSelector(InjectorConfig config) {
        this.config = config;
    }

    public Decision decide(PodTree pod, String namespace, NamespaceLabels namespaceLabels) {
        Optional<Skip> impossible = impossible(pod, namespace);
        if (impossible.isPresent()) {
            return impossible.get();
        }
        PodChoice own = PodChoice.of(pod, config.istioNames());
        if (own == PodChoice.DISABLED) {
            return new Skip(SkipReason.POD_DISABLED, "the pod's label or annotation " + Names.INJECT + " says no");
        }
        return switch (namespaceLabels) {
            case NamespaceLabels.ChosenBefore() -> own == PodChoice.ENABLED ? new Inject() : byOperator(pod);
            case NamespaceLabels.Known(var labels) ->
                inNamespace(pod, own, namespace, NamespaceChoice.of(labels, config));
        };
    }

    private Decision inNamespace(PodTree pod, PodChoice own, String namespace, NamespaceChoice choice) {
        return switch (choice) {
            case DISABLED ->
                new Skip(
                        SkipReason.NAMESPACE_DISABLED,
                        "injection is disabled by a label of the namespace " + namespace);
            case OTHER_REVISION ->
                new Skip(
                        SkipReason.OTHER_REVISION,
                        "the namespace " + namespace + " is injected by another revision than " + config.revision());
            case ENABLED -> own == PodChoice.ENABLED ? new Inject() : byOperator(pod);
            case SILENT -> alone(pod, own, namespace);
        };
    }

    /** The pod's own word is all there is. */
    private Decision alone(PodTree pod, PodChoice own, String namespace) {
        String revision = pod.labels().get(Names.REVISION);
        if (revision == null && config.istioNames() == IstioNames.SERVED) {
            revision = pod.labels().get(Names.ISTIO_REVISION);
        }
        if (revision == null && own == PodChoice.SILENT) {
            return new Skip(
                    SkipReason.NAMESPACE_NOT_ENABLED,
                    "the namespace " + namespace + " has no label " + Names.INJECT + ": enabled");
        }
        String asked = revision == null ? InjectorConfig.DEFAULT_REVISION : revision;
        return asked.equals(config.revision())
                ? new Inject()
                : new Skip(
                        SkipReason.OTHER_REVISION,
                        "the pod asks for the revision " + asked + ", this one is " + config.revision());
    }

    private Decision byOperator(PodTree pod) {
        if (anyMatches(config.selection().never(), pod)) {
            return new Skip(SkipReason.NEVER_SELECTOR, "a neverInjectSelector of the operator selects the pod");
        }
        if (anyMatches(config.selection().always(), pod)
                || config.selection().undecided().isOn()) {
            return new Inject();
        }
        return new Skip(
                SkipReason.NOT_BY_DEFAULT,
                "pods are injected only where they say " + Names.INJECT + ": enabled (injectByDefault is false)");
    }

    private Optional<Skip> impossible(PodTree pod, String namespace) {
        if (pod.spec().path("hostNetwork").asBoolean()) {
            return Optional.of(new Skip(
                    SkipReason.HOST_NETWORK, "the pod uses the network of its node, whose traffic is not the pod's"));
        }
        if (SYSTEM_NAMESPACES.contains(namespace) || namespace.equals(config.systemNamespace())) {
            return Optional.of(new Skip(
                    SkipReason.SYSTEM_NAMESPACE, "pods of the namespace " + namespace + " are never injected"));
        }
        boolean windows = pod.spec().path("os").path("name").asText().equals("windows")
                || pod.spec()
                        .path("nodeSelector")
                        .path("kubernetes.io/os")
                        .asText()
                        .equals("windows");
        if (windows) {
            return Optional.of(new Skip(SkipReason.OTHER_SYSTEM, "the pod is for Windows, the proxy for Linux"));
        }
        if (pod.annotations().containsKey(Names.STATUS)
                && pod.container(Names.PROXY).isPresent()) {
            return Optional.of(new Skip(SkipReason.INJECTED_ALREADY, "the pod has its proxy already"));
        }
        return Optional.empty();
    }

    private static boolean anyMatches(Iterable<Selector> selectors, PodTree pod) {
        for (Selector selector : selectors) {
            if (selector.matches(pod.labels())) {
                return true;
            }
        }
        return false;
    }
}
