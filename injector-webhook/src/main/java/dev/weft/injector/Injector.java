package dev.weft.injector;

import com.google.common.collect.ImmutableList;
import dev.weft.injector.Injection.Injected;
import dev.weft.injector.Injection.NotInjected;
import dev.weft.injector.Injection.Refused;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.render.PodIdentity;
import dev.weft.injector.render.PodRenderer;
import dev.weft.injector.select.Decision;
import dev.weft.injector.select.InjectionSelector;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.settings.PodSettingsReader;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import dev.weft.resources.MeshConfig;
import java.util.Optional;

/**
 * A pod in, a pod with a proxy out, or the reason why not. The webhook of the control plane and {@code meshctl inject} hand it pods. Immutable, for any thread. The
 * surprising rule: a pod that has its proxy stays as it is, whatever the configuration says now; a restart of its workload brings the new one.
 */
public final class Injector {
    private final InjectionSelector selector;
    private final PodSettingsReader settings;

    /**
     * @param automatic where a proxy stands if neither the operator nor the pod decides: a native sidecar wherever the cluster has it
     */
    public Injector(InjectorConfig config, MeshConfig mesh, Placement automatic) {
        this.selector = new InjectionSelector(config);
        this.settings = new PodSettingsReader(config, mesh, automatic);
    }

    /** Where a cluster of this minor version (of Kubernetes 1) can have the proxy. */
    public static Placement automatic(int minorVersion) {
        return minorVersion >= 29 ? Placement.NATIVE_SIDECAR : Placement.CONTAINER;
    }

    public Injection inject(PodRequest request) {
        Optional<String> malformed = request.pod().malformed();
        if (malformed.isPresent()) {
            return new Refused(ImmutableList.of(Note.refusal("", malformed.get())));
        }
        return switch (selector.decide(request.pod(), request.namespace(), request.namespaceLabels())) {
            case Decision.Skip(var reason, String text) -> new NotInjected(reason, text);
            case Decision.Inject() -> render(request);
        };
    }

    private Injection render(PodRequest request) {
        PodSettingsReader.Outcome read = settings.read(request.pod());
        if (read.notes().stream().anyMatch(Note::isRefusal)) {
            return new Refused(read.notes());
        }
        PodTree pod = request.pod().copy();
        ImmutableList<Note> notes = ImmutableList.<Note>builder()
                .addAll(read.notes())
                .addAll(PodRenderer.render(pod, read.settings(), new PodIdentity(request.namespace(), request.owner())))
                .build();
        return notes.stream().anyMatch(Note::isRefusal) ? new Refused(notes) : new Injected(pod, notes);
    }
}
