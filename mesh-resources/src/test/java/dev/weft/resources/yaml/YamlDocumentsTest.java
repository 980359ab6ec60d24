package dev.weft.resources.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.resources.yaml.YamlNode.Mapping;
import dev.weft.resources.yaml.YamlNode.Scalar;
import dev.weft.resources.yaml.YamlNode.ScalarType;
import dev.weft.resources.yaml.YamlNode.Sequence;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class YamlDocumentsTest {
    @Test
    void knowsWhereEverythingStands() {
        List<YamlDocument> documents = YamlDocuments.read("# comment\n\na: 1\n---\nb:\n  - c: x\n    d: [y]\n");

        Mapping second = mapping(documents.get(1));
        Sequence list = (Sequence) second.get("b").orElseThrow();
        Mapping item = (Mapping) list.items().getFirst();
        assertThat(documents).extracting(YamlDocument::line).containsExactly(3, 5);
        assertThat(item.entries().get("d").key()).isEqualTo(new Scalar("d", ScalarType.STRING, 7, 5));
        assertThat(((Sequence) item.get("d").orElseThrow()).items().getFirst())
                .isEqualTo(new Scalar("y", ScalarType.STRING, 7, 9));
    }

    @Test
    void keepsTheDocumentsAroundABrokenOne() {
        List<YamlDocument> documents = YamlDocuments.read("a: 1\n---\nb: [1\n---\nc: 3\n");

        assertThat(documents).hasSize(3);
        assertThat(mapping(documents.get(0)).text("a")).contains("1");
        assertThat(documents.get(1)).isInstanceOfSatisfying(YamlDocument.Broken.class, broken -> {
            assertThat(broken.line()).isBetween(3, 4);
            assertThat(broken.message()).contains("begins in line 3");
        });
        assertThat(mapping(documents.get(2)).text("c")).contains("3");
    }

    @Test
    void takesDashesAsContentOnlyWhereTheyAreIndented() {
        List<YamlDocument> documents = YamlDocuments.read("a: |\n  ---\n  x\n--- {b: 1}\n---\n...\n");

        assertThat(documents).hasSize(2);
        assertThat(mapping(documents.get(0)).text("a")).contains("---\nx\n");
        assertThat(mapping(documents.get(1)).text("b")).contains("1");
    }

    @Test
    void passesOverDirectivesAndByteOrderMarks() {
        List<YamlDocument> documents = YamlDocuments.read("\uFEFF%YAML 1.1\n---\na: 1\n");

        assertThat(mapping(documents.getFirst()).entries().get("a").key().line())
                .isEqualTo(3);
    }

    @Test
    void tellsTextsFromOtherScalars() {
        Mapping root = mapping(YamlDocuments.read(
                        "{a: 1, b: '1', c: true, d: null, e: 1.5, f: yes, g: !!str 1, h: 0x1F, i: ~, j: -2, k: 1.2.3}")
                .getFirst());

        assertThat(root.entries().values())
                .extracting(entry -> ((Scalar) entry.value()).type())
                .containsExactly(
                        ScalarType.INTEGER,
                        ScalarType.STRING,
                        ScalarType.BOOLEAN,
                        ScalarType.NULL,
                        ScalarType.FLOAT,
                        ScalarType.STRING,
                        ScalarType.STRING,
                        ScalarType.INTEGER,
                        ScalarType.NULL,
                        ScalarType.INTEGER,
                        ScalarType.STRING);
    }

    @Test
    void refusesAKeyThatStandsTwice() {
        assertThat(YamlDocuments.read("a: 1\nb: 2\na: 3\n").getFirst())
                .isEqualTo(new YamlDocument.Broken(3, 1, "found the key \"a\" twice, first in line 1"));
    }

    @Test
    void followsAliasesUnlessTheyStandForTooMuch() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            String inner = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", Collections.nCopies(10, inner))));
        }

        assertThat(mapping(YamlDocuments.read("a: &x {b: 1}\nc: *x\n").getFirst())
                        .mapping("c")
                        .flatMap(c -> c.text("b")))
                .contains("1");
        assertThat(YamlDocuments.read(bomb.toString()).getFirst())
                .isInstanceOfSatisfying(
                        YamlDocument.Broken.class,
                        broken -> assertThat(broken.message()).startsWith("more than 500000"));
        assertThat(YamlDocuments.read("a: &x [*x]").getFirst()).isInstanceOf(YamlDocument.Broken.class);
    }

    @Test
    void refusesWhatIsNestedTooDeep() {
        assertThat(YamlDocuments.read("[".repeat(100_000)).getFirst())
                .isEqualTo(new YamlDocument.Broken(1, 101, "nested deeper than 100 levels"));
    }

    @Test
    void readsJson() {
        assertThat(mapping(YamlDocuments.read("{\n  \"a\": {\"b\": [1, \"2\"]}\n}")
                                .getFirst())
                        .mapping("a"))
                .isPresent();
    }

    private static Mapping mapping(YamlDocument document) {
        return (Mapping) ((YamlDocument.Readable) document).root();
    }
}
