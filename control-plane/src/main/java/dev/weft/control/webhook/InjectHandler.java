package dev.weft.control.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.control.webhook.AdmissionAnswer.Allowed;
import dev.weft.control.webhook.AdmissionAnswer.Denied;
import dev.weft.control.webhook.AdmissionRequest.Operation;
import dev.weft.injector.Injection;
import dev.weft.injector.Injector;
import dev.weft.injector.PodRequest;
import dev.weft.injector.patch.JsonPatch;
import dev.weft.injector.render.Owner;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the proxy into a pod that is being created. Thread safe. The surprising rule: it does not look at the namespace's labels, since the API server has matched
 * them already with the webhook's selectors, and a copy of them here could be older.
 */
public final class InjectHandler implements AdmissionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(InjectHandler.class);

    private final Supplier<Injector> injector;
    private final InjectionMetrics metrics;
    private final LongSupplier nanoTime;

    public InjectHandler(Supplier<Injector> injector, InjectionMetrics metrics, LongSupplier nanoTime) {
        this.injector = injector;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
    }

    @Override
    public AdmissionAnswer handle(AdmissionRequest request) {
        boolean pod = request.kind().equals("Pod") && request.operation() == Operation.CREATE;
        if (!pod || !(request.object() instanceof ObjectNode object)) {
            return Allowed.asItIs("not the creation of a pod");
        }
        long start = nanoTime.getAsLong();
        metrics.requested();
        PodTree tree = new PodTree(object);
        Owner owner = Owner.of(tree);
        Injection injection = injector.get()
                .inject(new PodRequest(tree, request.namespace(), new NamespaceLabels.ChosenBefore(), owner));
        return switch (injection) {
            case Injection.Injected injected -> {
                metrics.injected(nanoTime.getAsLong() - start);
                yield new Allowed(
                        Optional.of(JsonPatch.between(object, injected.pod().root())),
                        injected.warnings().stream().map(Note::text).collect(ImmutableList.toImmutableList()),
                        "injected");
            }
            case Injection.NotInjected(var reason, String text) -> {
                metrics.skipped(reason.name());
                LOG.debug("not injected namespace={} owner={} reason=\"{}\"", request.namespace(), owner.name(), text);
                yield Allowed.asItIs("not injected: " + text);
            }
            case Injection.Refused refused -> {
                metrics.refused();
                LOG.warn(
                        "pod refused namespace={} owner={} reason=\"{}\"",
                        request.namespace(),
                        owner.name(),
                        refused.text());
                yield new Denied(refused.text(), ImmutableList.of());
            }
        };
    }
}
