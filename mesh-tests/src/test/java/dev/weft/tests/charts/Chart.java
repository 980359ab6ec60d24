package dev.weft.tests.charts;

import com.google.common.collect.ImmutableList;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** A chart of ours in the hands of Helm's own engine. */
enum Chart {
    BASE("weft-base"),
    CONTROL("weft"),
    GATEWAY("weft-gateway");

    static final String NAMESPACE = "weft-system";
    private static final String KUBERNETES = "1.34.2";

    private final String folder;

    Chart(String folder) {
        this.folder = folder;
    }

    Path path() {
        return Path.of("../charts").resolve(folder);
    }

    /** The values that set every switch of the chart to another position than its default. */
    Path allFeatures() {
        return Path.of("src/test/resources/charts").resolve(folder + "-all.yaml");
    }

    LintResult lint() {
        return new Helm(path()).lint().strict().call();
    }

    String render(Path... values) {
        var command = new Helm(path())
                .template()
                .withName(folder)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES);
        for (Path file : values) {
            command = command.withValuesFile(file);
        }
        return command.call();
    }

    List<Map<?, ?>> objects(Path... values) {
        ImmutableList.Builder<Map<?, ?>> objects = ImmutableList.builder();
        for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(render(values))) {
            if (document instanceof Map<?, ?> object) {
                objects.add(object);
            }
        }
        return objects.build();
    }

    /** What lies at a path of keys; an empty map where nothing does. */
    static Map<?, ?> at(Map<?, ?> object, String... keys) {
        Map<?, ?> at = object;
        for (String key : keys) {
            at = Objects.requireNonNullElse((Map<?, ?>) at.get(key), Map.of());
        }
        return at;
    }
}
