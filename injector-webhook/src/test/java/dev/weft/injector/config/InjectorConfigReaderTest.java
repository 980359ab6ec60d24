package dev.weft.injector.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.injector.tree.Note;
import org.junit.jupiter.api.Test;

class InjectorConfigReaderTest {
    @Test
    void namesTheControlPlaneOfTheRevision() {
        InjectorConfigReader.Outcome read = InjectorConfigReader.read("revision: canary", "");

        assertThat(read.config().mesh().controlAddress()).isEqualTo("weft-control-canary.weft-system.svc:15012");
        assertThat(read.notes()).isEmpty();
    }

    @Test
    void leavesTheNamespaceOfTheControlPlaneAlone() {
        InjectorConfigReader.Outcome read = InjectorConfigReader.read("systemNamespace: mesh", "");

        assertThat(read.config().systemNamespace()).isEqualTo("mesh");
        assertThat(read.config().mesh().controlAddress()).isEqualTo("weft-control.mesh.svc:15012");
    }

    @Test
    void warnsOfATypingErrorAndStaysUsable() {
        InjectorConfigReader.Outcome read = InjectorConfigReader.read("proxy: {logLevl: debug}", "");

        assertThat(read.notes())
                .extracting(Note::text)
                .containsExactly("proxy.logLevl: unknown field, ignored, did you mean \"logLevel\"?");
        assertThat(read.isUsable()).isTrue();
    }

    @Test
    void isNotUsableWithAWrongValue() {
        InjectorConfigReader.Outcome read = InjectorConfigReader.read("proxy: {nativeSidecar: maybe}", "");

        assertThat(read.notes())
                .extracting(Note::text)
                .containsExactly("proxy.nativeSidecar: found \"maybe\", expected one of [AUTO, TRUE, FALSE]");
        assertThat(read.isUsable()).isFalse();
    }

    @Test
    void isNotUsableWhereTheTextIsNoYaml() {
        assertThat(InjectorConfigReader.read("a: [", "").isUsable()).isFalse();
        assertThat(InjectorConfigReader.read("", "- a").isUsable()).isFalse();
    }

    @Test
    void aSelectorWithoutConditionsSelectsNothing() {
        InjectorConfig config =
                InjectorConfigReader.read("neverInjectSelector: [{}]", "").config();

        assertThat(config.selection().never().getFirst().matches(java.util.Map.of("a", "b")))
                .isFalse();
    }
}
