package dev.weft.cli.helm;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.Release;
import com.marcnuri.helm.TemplateCommand;
import com.marcnuri.helm.UninstallCommand;
import com.marcnuri.helm.UpgradeCommand;
import dev.weft.cli.output.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Helm, as a library. Takes charts from a folder, and makes releases that {@code helm} itself lists and upgrades. Blocks its caller; the first call loads the
 * library, which takes a second.
 */
public final class HelmEngine {
    /** The engine renders for an old Kubernetes unless told otherwise. */
    private static final String RENDERED_FOR = "1.34.0";

    private static final Pattern DOCUMENT = Pattern.compile("(?m)^---$\n");

    private final Path charts;
    private final String namespace;

    /**
     * One release to be.
     *
     * @param chart folder name
     * @param set values by path, as {@code --set} takes them
     * @param files values files, the later ones first in force
     */
    public record Request(String release, String chart, ImmutableMap<String, String> set, ImmutableList<Path> files) {}

    /**
     * A release that is there.
     *
     * @param chart name and version
     */
    public record Installed(String name, String chart, String status, String version) {}

    public HelmEngine(Path charts, String namespace) {
        if (!Files.isRegularFile(charts.resolve("weft").resolve("Chart.yaml"))) {
            throw Failure.wrongQuestion(
                    "there are no charts in " + charts,
                    "it has no weft/Chart.yaml",
                    "name their folder with --charts DIR");
        }
        this.charts = charts;
        this.namespace = namespace;
    }

    public String render(Request request) {
        return run("render " + request.chart(), () -> {
            TemplateCommand command = new Helm(charts.resolve(request.chart()))
                    .template()
                    .withName(request.release())
                    .withNamespace(namespace)
                    .withKubeVersion(RENDERED_FOR);
            set(request, command::set);
            request.files().forEach(command::withValuesFile);
            // Tests are for `helm test`; applied with the rest they would run before there is anything to try.
            return DOCUMENT.splitAsStream(command.call())
                    .filter(document -> !document.contains("helm.sh/hook:"))
                    .collect(Collectors.joining("\n---\n"));
        });
    }

    public Installed install(Request request, String kubeconfig) {
        return run("install " + request.release(), () -> {
            InstallCommand command = new Helm(charts.resolve(request.chart()))
                    .install()
                    .withName(request.release())
                    .withNamespace(namespace)
                    .createNamespace()
                    .withKubeConfigContents(kubeconfig);
            set(request, command::set);
            request.files().forEach(command::withValuesFile);
            return installed(command.call());
        });
    }

    /** Keeps the values of the release that the request does not name. */
    public Installed upgrade(Request request, String kubeconfig) {
        return run("upgrade " + request.release(), () -> {
            UpgradeCommand command = new Helm(charts.resolve(request.chart()))
                    .upgrade()
                    .withName(request.release())
                    .withNamespace(namespace)
                    .resetThenReuseValues()
                    .withKubeConfigContents(kubeconfig);
            set(request, command::set);
            request.files().forEach(command::withValuesFile);
            return installed(command.call());
        });
    }

    public void uninstall(String release, String kubeconfig) {
        run("uninstall " + release, () -> {
            UninstallCommand command =
                    Helm.uninstall(release).withNamespace(namespace).ignoreNotFound();
            return command.withKubeConfigContents(kubeconfig).call();
        });
    }

    /** The releases of charts of ours in the namespace. */
    public ImmutableList<Installed> list(String kubeconfig) {
        return run(
                "list the releases of " + namespace,
                () -> Helm.list().withNamespace(namespace).all().withKubeConfigContents(kubeconfig).call().stream()
                        .map(HelmEngine::installed)
                        .filter(release -> release.chart().startsWith("weft-"))
                        .collect(ImmutableList.toImmutableList()));
    }

    /** Lists as {@code helm --set} takes them, {@code {a,b}}: the library knows only single values, and places in a list. */
    private static void set(Request request, BiConsumer<String, String> command) {
        request.set().forEach((key, value) -> {
            if (value.startsWith("{") && value.endsWith("}")) {
                List<String> items = Splitter.on(',').splitToList(value.substring(1, value.length() - 1));
                for (int i = 0; i < items.size(); i++) {
                    command.accept(key + "[" + i + "]", items.get(i));
                }
            } else {
                command.accept(key, value);
            }
        });
    }

    private static Installed installed(Release release) {
        return new Installed(
                release.getName(),
                release.getChart(),
                String.valueOf(release.getStatus()),
                String.valueOf(release.getAppVersion()));
    }

    private static <T> T run(String what, Supplier<T> command) {
        try {
            return command.get();
        } catch (LinkageError e) {
            throw Failure.noAnswer(
                            "cannot " + what + ": Helm's engine is not there for this platform",
                            String.valueOf(e.getMessage()),
                            "helm install does the same: docs/install.md")
                    .causedBy(e);
        } catch (IllegalStateException e) {
            throw Failure.noAnswer("cannot " + what, String.valueOf(e.getMessage()), "meshctl check --pre")
                    .causedBy(e);
        }
    }
}
