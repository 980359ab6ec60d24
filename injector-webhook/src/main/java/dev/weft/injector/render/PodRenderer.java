package dev.weft.injector.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.config.InjectorConfig.IstioNames;
import dev.weft.injector.patch.StrategicMerge;
import dev.weft.injector.select.Names;
import dev.weft.injector.settings.PodSettings;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import dev.weft.injector.tree.YamlTrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the parts into one pod, in an order that matters: what the user wrote for the proxy is taken out first, so that the application's probes alone are rewritten,
 * and laid over everything last. Confined to one call; changes the pod.
 */
public final class PodRenderer {
    private static final String ISTIO_PROXY = "istio-proxy";
    private static final String ISTIO_STATUS = "sidecar.istio.io/status";

    private final PodTree pod;
    private final PodSettings settings;
    private final PodIdentity identity;
    private final List<Note> notes = new ArrayList<>();
    private final ArrayNode addedInit = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode added = JsonNodeFactory.instance.arrayNode();
    private final ArrayNode addedVolumes = JsonNodeFactory.instance.arrayNode();

    private PodRenderer(PodTree pod, PodSettings settings, PodIdentity identity) {
        this.pod = pod;
        this.settings = settings;
        this.identity = identity;
    }

    /** Changes the pod; where a note is a refusal, what became of it must be thrown away. */
    public static ImmutableList<Note> render(PodTree pod, PodSettings settings, PodIdentity identity) {
        PodRenderer renderer = new PodRenderer(pod, settings, identity);
        renderer.render();
        return ImmutableList.copyOf(renderer.notes);
    }

    private void render() {
        Optional<ObjectNode> written = takeUsersProxy();
        PodChecks.check(pod, settings, identity, notes);
        boolean sidecar = !settings.isGateway();
        String firstContainer = pod.containers().isEmpty()
                ? Names.PROXY
                : pod.containers().getFirst().path("name").asText();
        String probes = sidecar && settings.rewriteProbes().isOn() ? ProbeRewriter.rewrite(pod, notes) : "";
        String metrics = settings.mergeMetrics().isOn() ? AppMetrics.merge(pod) : "";
        MeshLabels.apply(pod, settings, identity);
        MeshLabels.defaultContainer(pod, firstContainer);
        ObjectNode proxy = ProxyContainer.of(settings, identity, new AppTraffic(probes, metrics));
        place(proxy);
        volumes();
        templates();
        written.ifPresent(above -> StrategicMerge.apply(proxy, above));
        status();
    }

    /** A container of the proxy's name is not one more but what the user wants different in it; its image may be a placeholder. */
    private Optional<ObjectNode> takeUsersProxy() {
        Optional<ObjectNode> written = pod.remove(Names.PROXY);
        if (written.isEmpty() && settings.config().istioNames() == IstioNames.SERVED) {
            written = pod.remove(ISTIO_PROXY);
        }
        written.ifPresent(container -> {
            container.remove("name");
            String image = container.path("image").asText();
            if (image.isEmpty() || image.equals("auto")) {
                container.remove("image");
            }
        });
        return written;
    }

    private void place(ObjectNode proxy) {
        boolean alone = pod.containers().isEmpty();
        boolean captured = !settings.isGateway() && settings.capture().mode() != InterceptionMode.NONE;
        if (settings.placement() == Placement.NATIVE_SIDECAR && !alone) {
            ArrayNode init = pod.list("initContainers");
            init.insert(0, proxy);
            addedInit.add(Names.PROXY);
            if (captured) {
                // Before the proxy, so that the user's init containers behind it are captured and served.
                init.insert(0, CaptureContainer.of(settings));
                addedInit.insert(0, Names.CAPTURE);
            }
            return;
        }
        proxy.remove("restartPolicy");
        pod.list("containers").insert(0, proxy);
        added.add(Names.PROXY);
        if (captured) {
            // Behind the user's init containers: no proxy runs yet that could serve them.
            pod.list("initContainers").add(CaptureContainer.of(settings));
            addedInit.add(Names.CAPTURE);
        }
    }

    private void volumes() {
        ArrayNode volumes = pod.list("volumes");
        for (ObjectNode volume : PodVolumes.volumes(settings)) {
            volumes.add(volume);
            addedVolumes.add(volume.path("name").asText());
        }
        for (String secret : settings.config().proxy().imagePullSecrets()) {
            ArrayNode secrets = pod.list("imagePullSecrets");
            boolean there = false;
            for (JsonNode item : secrets) {
                there |= item.path("name").asText().equals(secret);
            }
            if (!there) {
                secrets.addObject().put("name", secret);
            }
        }
    }

    private void templates() {
        for (String name : settings.templates()) {
            String text = settings.config().templates().get(name);
            if (text == null) {
                continue;
            }
            try {
                StrategicMerge.apply(pod.root(), YamlTrees.mapping(text));
            } catch (IllegalArgumentException e) {
                notes.add(
                        Note.refusal("", "the template " + name + " of the injector is not usable: " + e.getMessage()));
            }
        }
    }

    private void status() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("revision", settings.config().revision());
        status.set("initContainers", addedInit);
        status.set("containers", added);
        status.set("volumes", addedVolumes);
        pod.annotate(Names.STATUS, status.toString());
        if (settings.config().istioNames() == IstioNames.SERVED) {
            // Istio's tools tell by it that there is a proxy.
            pod.annotate(ISTIO_STATUS, status.toString());
            pod.label(Names.ISTIO_REVISION, settings.config().revision());
        }
    }
}
