package dev.weft.injector.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.injector.tree.YamlTrees;
import org.junit.jupiter.api.Test;

class ManifestYamlTest {
    @Test
    void quotesWhatSomeVersionOfYamlTakesForAnotherType() {
        String written = ManifestYaml.write(
                YamlTrees.mapping(
                        "{a: 'yes', b: '0x1F', c: '1e3', d: 'on', e: '12:30', f: '~', g: 'a: b', h: '*', i: '', 'true': '#x'}"));

        assertThat(written).isEqualTo("""
                        a: "yes"
                        b: "0x1F"
                        c: "1e3"
                        d: "on"
                        e: "12:30"
                        f: "~"
                        g: "a: b"
                        h: "*"
                        i: ""
                        "true": "#x"
                        """);
    }

    @Test
    void keepsNumbersBooleansAndBlocks() {
        String text = """
                a: 1
                b: true
                c: null
                d: 1.50
                e: |
                  one
                  two
                f: localhost/weft/proxy:dev
                """;

        assertThat(ManifestYaml.write(YamlTrees.mapping(text))).isEqualTo(text);
    }

    @Test
    void readsALeadingZeroAsOctal() {
        assertThat(ManifestYaml.write(YamlTrees.mapping("mode: 0644"))).isEqualTo("mode: 420\n");
    }
}
