package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.GatewayClass;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.KubernetesGateway.Address;
import dev.weft.resources.KubernetesGateway.AllowedRoutes;
import dev.weft.resources.KubernetesGateway.Listener;
import dev.weft.resources.KubernetesGateway.Namespaces;
import dev.weft.resources.KubernetesGateway.ObjectReference;
import dev.weft.resources.KubernetesGateway.Operator;
import dev.weft.resources.KubernetesGateway.Requirement;
import dev.weft.resources.KubernetesGateway.RouteKind;
import dev.weft.resources.ReferenceGrant;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.ServerTls.Mode;
import dev.weft.resources.ServerTls.PlainRequests;
import dev.weft.resources.ServerTls.Versions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads the Gateway API's GatewayClass, Gateway and ReferenceGrant. */
final class KubernetesGatewayReader {
    private static final String TERMINATE_MODE = "gateway.istio.io/tls-terminate-mode";
    private static final ImmutableSet<String> TERMINATE_MODES =
            ImmutableSet.of("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL");

    private KubernetesGatewayReader() {}

    static GatewayClass gatewayClass(ResourceMeta meta, Fields spec) {
        return new GatewayClass(meta, spec.text("controllerName").orElse(""));
    }

    static KubernetesGateway read(ResourceMeta meta, Fields spec) {
        Set<String> names = new HashSet<>();
        ImmutableList.Builder<Listener> listeners = ImmutableList.builder();
        for (Fields fields : spec.messages("listeners")) {
            Listener listener = listener(fields);
            if (!names.add(listener.name())) {
                fields.checks().conflict(fields.at("name"), "found the listener \"" + listener.name() + "\" twice");
            }
            listeners.add(listener);
        }
        return new KubernetesGateway(
                meta,
                spec.text("gatewayClassName").orElse(""),
                listeners.build(),
                spec.list(
                        "addresses",
                        fields -> new Address(
                                fields.text("type").orElse("IPAddress"),
                                fields.text("value").orElse(""))));
    }

    static ReferenceGrant grant(ResourceMeta meta, Fields spec) {
        return new ReferenceGrant(
                meta,
                spec.list(
                        "from",
                        fields -> new ReferenceGrant.From(
                                fields.text("group").orElse(""),
                                fields.text("kind").orElse(""),
                                fields.text("namespace").orElse(""))),
                spec.list(
                        "to",
                        fields -> new ReferenceGrant.To(
                                fields.text("group").orElse(""),
                                fields.text("kind").orElse(""),
                                fields.text("name"))));
    }

    private static Listener listener(Fields fields) {
        Optional<String> hostname = fields.text("hostname");
        GatewayRouteReader.checkHostname(fields, "hostname", hostname);
        String protocol = fields.text("protocol").orElse("");
        Optional<Fields> tls = fields.message("tls");
        ImmutableList<ObjectReference> certificates = tls.map(
                        settings -> settings.list("certificateRefs", KubernetesGatewayReader::reference))
                .orElse(ImmutableList.of());
        boolean speaksTls = protocol.equals("HTTPS") || protocol.equals("TLS");
        if (speaksTls && tls.isEmpty()) {
            fields.checks().missing(fields.at("tls"), "must be set for the protocol " + protocol);
        }
        if (!speaksTls && tls.isPresent()) {
            fields.checks().conflict(fields.at("tls"), "the protocol " + protocol + " is plain text");
        }
        return new Listener(
                fields.text("name").orElse(""),
                hostname,
                fields.number("port").orElse(0),
                protocol,
                tls.map(settings -> tls(fields, settings, certificates)),
                certificates,
                fields.message("allowedRoutes")
                        .map(KubernetesGatewayReader::allowed)
                        .orElse(new AllowedRoutes(new Namespaces.Same(), ImmutableList.of())));
    }

    private static ServerTls tls(Fields listener, Fields settings, ImmutableList<ObjectReference> certificates) {
        boolean passthrough =
                settings.text("mode").filter("Passthrough"::equals).isPresent();
        if (passthrough && listener.text("protocol").filter("HTTPS"::equals).isPresent()) {
            settings.checks().conflict(settings.at("mode"), "HTTPS is decrypted here; write the protocol TLS");
        }
        Mode mode = passthrough ? Mode.PASSTHROUGH : terminateMode(settings);
        if (!passthrough && mode != Mode.ISTIO_MUTUAL && certificates.isEmpty()) {
            settings.checks().missing(settings.at("certificateRefs"), "must be set for the mode Terminate");
        }
        Credential credential = certificates.isEmpty() || passthrough
                ? new Credential.None()
                : new Credential.Named(
                        certificates.getFirst().namespace(),
                        certificates.getFirst().name(),
                        Optional.empty());
        if (certificates.size() > 1) {
            settings.checks()
                    .ineffective(settings.at("certificateRefs").index(1), "only the first certificate is served");
        }
        return new ServerTls(
                mode, PlainRequests.SERVED, credential, ImmutableList.of(), Versions.DEFAULT, ImmutableList.of());
    }

    private static Mode terminateMode(Fields settings) {
        ImmutableMap<String, String> options = settings.textMap("options");
        options.forEach((key, value) -> {
            if (!key.equals(TERMINATE_MODE)) {
                settings.checks().ineffective(settings.at("options").key(key), "is no option that is known");
            } else if (!TERMINATE_MODES.contains(value)) {
                settings.checks()
                        .invalid(
                                settings.at("options").key(key),
                                "found \"" + value + "\", expected one of " + String.join(", ", TERMINATE_MODES));
            }
        });
        String mode = options.getOrDefault(TERMINATE_MODE, "SIMPLE");
        return TERMINATE_MODES.contains(mode) ? Mode.valueOf(mode) : Mode.SIMPLE;
    }

    private static ObjectReference reference(Fields fields) {
        return new ObjectReference(
                fields.text("group").orElse(""),
                fields.text("kind").orElse("Secret"),
                fields.text("namespace"),
                fields.text("name").orElse(""));
    }

    private static AllowedRoutes allowed(Fields fields) {
        return new AllowedRoutes(
                fields.message("namespaces")
                        .map(KubernetesGatewayReader::namespaces)
                        .orElse(new Namespaces.Same()),
                fields.list(
                        "kinds",
                        kind -> new RouteKind(
                                kind.text("group").orElse(ResourceKind.HTTP_ROUTE.group()),
                                kind.text("kind").orElse(""))));
    }

    private static Namespaces namespaces(Fields fields) {
        String from = fields.text("from").orElse("Same");
        Optional<Fields> selector = fields.message("selector");
        if (!from.equals("Selector") && selector.isPresent()) {
            fields.checks().ineffective(fields.at("selector"), "counts with from: Selector only");
        }
        return switch (from) {
            case "All" -> new Namespaces.All();
            case "None" -> new Namespaces.None();
            case "Selector" -> {
                if (selector.isEmpty()) {
                    fields.checks().missing(fields.at("selector"), "must be set with from: Selector");
                }
                yield selector.map(KubernetesGatewayReader::selected)
                        .orElse(new Namespaces.Selected(ImmutableMap.of(), ImmutableList.of()));
            }
            default -> new Namespaces.Same();
        };
    }

    private static Namespaces.Selected selected(Fields fields) {
        return new Namespaces.Selected(
                fields.textMap("matchLabels"),
                fields.list(
                        "matchExpressions",
                        requirement -> new Requirement(
                                requirement.text("key").orElse(""),
                                operator(requirement.text("operator").orElse("")),
                                requirement.textSet("values"))));
    }

    private static Operator operator(String text) {
        return switch (text) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> throw new AssertionError("the field table let the operator " + text + " through");
        };
    }
}
