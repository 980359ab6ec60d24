package dev.weft.tests.injection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfig.IstioNames;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the chart writes for the injector is what the injector reads. */
class ChartValuesTest {
    @Test
    void theInjectorKnowsEveryValueThatTheChartWrites() {
        InjectorConfigReader.Outcome read = InjectorConfigReader.read(
                values(chart().set("compatibility.istioLabels", "true").call()), "");

        assertThat(read.notes()).isEmpty();
        assertThat(read.config().istioNames()).isEqualTo(IstioNames.SERVED);
        assertThat(read.config().systemNamespace()).isEqualTo("mesh");
        assertThat(read.config().proxy().image()).startsWith("weft/proxy:");
        assertThat(read.config().mesh().controlAddress()).isEqualTo("weft-control.mesh.svc:15012");
    }

    @Test
    void theChartsDefaultsAreTheInjectorsOwn() {
        InjectorConfig written =
                InjectorConfigReader.read(values(chart().call()), "").config();
        InjectorConfig own = InjectorConfigReader.defaults();

        assertThat(written.proxy().resources()).isEqualTo(own.proxy().resources());
        assertThat(written.proxy().certificateLifetime()).isEqualTo(own.proxy().certificateLifetime());
        assertThat(written.capture()).isEqualTo(own.capture());
        assertThat(written.istioNames()).isEqualTo(own.istioNames());
    }

    private static TemplateCommand chart() {
        return new Helm(Path.of("../charts/weft"))
                .template()
                .withName("weft")
                .withNamespace("mesh")
                .withKubeVersion("1.34.2");
    }

    private static String values(String rendered) {
        for (YamlDocument document : YamlDocuments.read(rendered)) {
            JsonNode object = YamlTrees.toJson(((YamlDocument.Readable) document).root());
            if (object.path("kind").asText().equals("ConfigMap")
                    && object.path("metadata").path("name").asText().equals("weft-injector")) {
                return object.path("data").path("values").asText();
            }
        }
        throw new AssertionError("the chart has no ConfigMap weft-injector");
    }
}
