package dev.weft.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Envelope;
import dev.weft.cli.output.ExitCode;
import dev.weft.cli.output.Failure;
import dev.weft.cli.output.Format;
import dev.weft.injector.Injection;
import dev.weft.injector.Injector;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.injector.manifest.ManifestInjector;
import dev.weft.injector.manifest.ManifestInjector.Workload;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.tree.Note;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meshctl inject}: a filter that puts proxies into manifests, as the webhook would put them into their pods. Data to one stream, reasons to the other. */
@Command(
        name = "inject",
        description = "Put the proxy into the pods of manifests, as the webhook does: YAML in, YAML out.",
        footer = {
            "",
            "Exit codes: 0 done, also where pods stay as they are; 1 a pod was refused, nothing is printed; 2 the input is wrong.",
            "  meshctl inject -f app.yaml | kubectl apply -f -",
            "With a mesh's own settings:",
            "  kubectl get configmap weft-injector -n weft-system -o 'jsonpath={.data.values}' > values.yaml",
            "  meshctl inject --values values.yaml -f app.yaml"
        })
final class InjectCommand implements Callable<Integer> {
    private static final String STDIN = "-";

    @Mixin
    private Options options = new Options();

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            description = "a manifest, - for the input stream; may be given several times")
    private List<String> files = List.of();

    @Option(
            names = "--values",
            paramLabel = "FILE",
            description =
                    "the injector's values, as in the ConfigMap weft-injector; default: those of a plain installation")
    private String values = "";

    @Option(
            names = "--templates",
            paramLabel = "FILE",
            description = "pieces of pods by name, as in the ConfigMap weft-injector")
    private String templates = "";

    @Option(
            names = "--mesh-config",
            paramLabel = "FILE",
            description = "the mesh configuration, as in the ConfigMap weft")
    private String meshConfig = "";

    @Option(
            names = "--kubernetes-version",
            paramLabel = "1.N",
            defaultValue = "1.30",
            description =
                    "version of the cluster; from 1.29 on proxies are native sidecars (default: ${DEFAULT-VALUE})")
    private String kubernetesVersion = "";

    @Override
    public Integer call() {
        Console console = options.console();
        ManifestInjector injector = new ManifestInjector(
                injector(console),
                options.namespace.isEmpty() ? "default" : options.namespace,
                // Whoever runs this command has chosen; a label on a pod still counts.
                namespace -> new NamespaceLabels.ChosenBefore());
        List<ManifestInjector.Outcome> outcomes = new ArrayList<>();
        for (String file : files) {
            ManifestInjector.Outcome outcome = injector.inject(read(file));
            if (!outcome.broken().isEmpty()) {
                throw Failure.wrongQuestion("cannot read " + shown(file), String.join("; ", outcome.broken()), "");
            }
            outcomes.add(outcome);
        }
        boolean refused = false;
        for (ManifestInjector.Outcome outcome : outcomes) {
            for (Workload workload : outcome.workloads()) {
                refused |= tell(console, workload);
            }
        }
        if (refused) {
            throw Failure.notFine("a pod was refused, nothing is printed", "", "change what is named above");
        }
        print(console, outcomes);
        return ExitCode.FINE.code();
    }

    /** Says what somebody should know about one object; tells whether it was refused. */
    private static boolean tell(Console console, Workload workload) {
        return switch (workload.injection()) {
            case Injection.Injected injected -> {
                injected.warnings().forEach(note -> console.warn(workload.title() + ": " + note.text()));
                yield false;
            }
            case Injection.NotInjected skipped -> {
                console.warn(workload.title() + ": not injected: " + skipped.text());
                yield false;
            }
            case Injection.Refused refused -> {
                console.warn(workload.title() + ": " + refused.text());
                yield true;
            }
        };
    }

    private void print(Console console, List<ManifestInjector.Outcome> outcomes) {
        if (options.format == Format.JSON) {
            console.print(Envelope.render(json(outcomes), Format.JSON));
            return;
        }
        StringBuilder text = new StringBuilder();
        for (ManifestInjector.Outcome outcome : outcomes) {
            if (!text.isEmpty() && !outcome.text().startsWith("---")) {
                text.append("---\n");
            }
            text.append(outcome.text());
            if (!outcome.text().isEmpty() && !outcome.text().endsWith("\n")) {
                text.append('\n');
            }
        }
        console.out().print(text);
        console.out().flush();
    }

    /** One object by itself, several as the list that kubectl takes. */
    private static JsonNode json(List<ManifestInjector.Outcome> outcomes) {
        ImmutableList<JsonNode> objects = outcomes.stream()
                .flatMap(outcome -> outcome.objects().stream())
                .collect(ImmutableList.toImmutableList());
        if (objects.size() == 1) {
            return objects.getFirst();
        }
        ObjectNode list =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "List");
        ArrayNode items = list.putArray("items");
        objects.forEach(items::add);
        return list;
    }

    private Injector injector(Console console) {
        InjectorConfigReader.Outcome config = InjectorConfigReader.read(
                values.isEmpty() ? "" : read(values), templates.isEmpty() ? "" : read(templates));
        if (!config.isUsable()) {
            throw Failure.wrongQuestion(
                    "the injector's values are not usable",
                    String.join("; ", config.notes().stream().map(Note::text).toList()),
                    "");
        }
        config.notes().forEach(note -> console.warn("values: " + note.text()));
        return new Injector(config.config(), mesh(), placement());
    }

    private MeshConfig mesh() {
        if (meshConfig.isEmpty()) {
            return MeshConfig.DEFAULT;
        }
        for (Parsed parsed :
                new ResourceParser().parse(meshConfig, read(meshConfig)).objects()) {
            if (parsed instanceof Parsed.Valid valid && valid.resource() instanceof MeshConfig mesh) {
                return mesh;
            }
        }
        throw Failure.wrongQuestion(
                "cannot use the mesh configuration " + meshConfig,
                "it holds no valid one",
                "expected the fields of a MeshConfig, or an object of that kind");
    }

    private Placement placement() {
        if (!kubernetesVersion.matches("v?1\\.[0-9]{1,3}(\\..*)?")) {
            throw Failure.wrongQuestion("cannot use the version " + kubernetesVersion, "", "expected one such as 1.30");
        }
        return Injector.automatic(Integer.parseInt(kubernetesVersion.split("\\.", -1)[1]));
    }

    private static String read(String file) {
        try {
            return file.equals(STDIN) ? new String(System.in.readAllBytes(), UTF_8) : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw Failure.wrongQuestion("cannot read " + shown(file), e.toString(), "")
                    .causedBy(e);
        }
    }

    private static String shown(String file) {
        return file.equals(STDIN) ? "the input stream" : file;
    }
}
