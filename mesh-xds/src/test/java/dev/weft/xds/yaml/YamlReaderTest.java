package dev.weft.xds.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.xds.Decoded;
import dev.weft.xds.json.JsonNull;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    private static Object read(String yaml) {
        return YamlReader.read(yaml).orThrow();
    }

    @Test
    void readsBlockMapsAndLists() {
        assertThat(read("""
                        # a bootstrap
                        ---
                        node:
                          id: sidecar~1   # who
                        static_resources:
                          clusters:
                          - name: a
                            port: 80
                            tags: [x, "y, z", {k: v}]
                          -
                            name: b
                          lists:
                            - - 1
                              - 2
                            - [3]
                        empty:
                        last: ~
                        """))
                .isEqualTo(Map.of(
                        "node",
                        Map.of("id", "sidecar~1"),
                        "static_resources",
                        Map.of(
                                "clusters",
                                List.of(
                                        Map.of(
                                                "name",
                                                "a",
                                                "port",
                                                80L,
                                                "tags",
                                                List.of("x", "y, z", Map.of("k", "v"))),
                                        Map.of("name", "b")),
                                "lists",
                                List.of(List.of(1L, 2L), List.of(3L))),
                        "empty",
                        JsonNull.NULL,
                        "last",
                        JsonNull.NULL));
    }

    @Test
    void readsJson() {
        assertThat(read("{\"a\": [1, 2.5,\n {\"b\":\"c\", \"d\": null}],\n\"e\":true,}\n"))
                .isEqualTo(Map.of("a", List.of(1L, 2.5, Map.of("b", "c", "d", JsonNull.NULL)), "e", true));
    }

    @Test
    void readsBlockScalars() {
        assertThat(read("""
                        literal: |
                          one
                            two

                          three
                        stripped: |-
                          x
                          # no comment
                        kept: |+
                          y

                        folded: >
                          a
                          b

                          c
                           d
                        next: 1
                        """))
                .isEqualTo(Map.of(
                        "literal",
                        "one\n  two\n\nthree\n",
                        "stripped",
                        "x\n# no comment",
                        "kept",
                        "y\n\n",
                        "folded",
                        "a b\nc\n d\n",
                        "next",
                        1L));
    }

    @Test
    void readsQuotedScalars() {
        assertThat(read("""
                        a: 'it''s # no comment'
                        b: "tab\\t \\u00e4 \\x41"
                        c: "folded
                          over

                          lines"
                        "k e y": 'v'
                        d: ""
                        """))
                .isEqualTo(Map.of(
                        "a", "it's # no comment", "b", "tab\t ä A", "c", "folded over\nlines", "k e y", "v", "d", ""));
    }

    @Test
    void givesPlainScalarsTheTypesOfTheCoreSchema() {
        assertThat(read("[1, -7, 0x1F, 0o17, 1.5, 1e3, .inf, true, False, null, yes, on, 1.2.3, 10.0.0.1, 08:00, -]"))
                .isEqualTo(List.of(
                        1L,
                        -7L,
                        31L,
                        15L,
                        1.5,
                        1000.0,
                        Double.POSITIVE_INFINITY,
                        true,
                        false,
                        JsonNull.NULL,
                        "yes",
                        "on",
                        "1.2.3",
                        "10.0.0.1",
                        "08:00",
                        "-"));
    }

    @Test
    void keepsColonsAndHashesInsideWords() {
        assertThat(read("url: http://a:80/x#y\ncmd: a:b\nspread: one\n  two\n"))
                .isEqualTo(Map.of("url", "http://a:80/x#y", "cmd", "a:b", "spread", "one two"));
    }

    @Test
    void readsCarriageReturnsAsLineEnds() {
        assertThat(read("a: 1\r\nb:\r\n- 2\r\n")).isEqualTo(Map.of("a", 1L, "b", List.of(2L)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &x 1", "a: *x", "a: !!str 1", "a: 1\n---\nb: 2", "a: 1\na: 2", "{a: 1, a: 2}", "a: b: c",
                        "a:\n\tb: 1",
                "a: [1, 2", "a: \"x", "a: 'x", "- 1\n  - 2\nb: 1", "a:\n    b: 1\n  c: 2", "? a\n: b", "<<: {a: 1}",
                        "a: [1 2\n",
                "a: \"\\q\"", "a: @x", "a: 1\n b: 2"
            })
    void refusesWhatIsWrongOrNotSupported(String yaml) {
        assertThat(YamlReader.read(yaml)).as(yaml).isInstanceOf(Decoded.Rejected.class);
    }

    @Test
    void namesLineAndColumnOfAMistake() {
        assertThat(YamlReader.read("a:\n  b: 1\n  c: &x 2\n")
                        .problems()
                        .getFirst()
                        .toString())
                .startsWith("line 3, column 6: '&' begins an anchor");
    }

    @Test
    void refusesEndlessNesting() {
        assertThat(YamlReader.read("[".repeat(10_000))).isInstanceOf(Decoded.Rejected.class);
        assertThat(YamlReader.read("- ".repeat(10_000))).isInstanceOf(Decoded.Rejected.class);
    }
}
