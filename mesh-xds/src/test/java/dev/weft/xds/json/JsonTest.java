package dev.weft.xds.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.xds.Decoded;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsEveryKindOfValue() {
        Object tree = JsonReader.read(
                        " {\"a\": [1, -2.5e1, true, false, null, \"\\u00e4\\n\\\"\"], \"b\": {}, \"c\": 18446744073709551615} ")
                .orThrow();

        assertThat(tree)
                .isEqualTo(Map.of(
                        "a",
                        List.of(1L, -25.0, true, false, JsonNull.NULL, "ä\n\""),
                        "b",
                        Map.of(),
                        "c",
                        new BigInteger("18446744073709551615")));
    }

    @Test
    void writesWhatItReads() {
        String text = "{\"a\":[1,2.5,\"\\u0001\\\\\\t\",null,{}],\"z\":[]}";

        assertThat(JsonWriter.write(JsonReader.read(text).orThrow(), JsonWriter.Layout.ONE_LINE))
                .isEqualTo(text);
    }

    @Test
    void indentsByTwo() {
        assertThat(JsonWriter.write(Map.of("a", List.of(1L, Map.of("b", true))), JsonWriter.Layout.INDENTED))
                .isEqualTo("{\n  \"a\": [\n    1,\n    {\n      \"b\": true\n    }\n  ]\n}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\" 1}",
                "{a: 1}",
                "01",
                "1.",
                "+1",
                "'a'",
                "\"\t\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "tru",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "\"abc",
                "-",
                "1e",
                "[1 2]"
            })
    void refusesWhatIsNoJson(String text) {
        assertThat(JsonReader.read(text)).isInstanceOf(Decoded.Rejected.class);
    }

    @Test
    void namesLineAndColumnOfAMistake() {
        assertThat(JsonReader.read("{\n  \"a\": x\n}").problems().getFirst().path())
                .isEqualTo("line 2, column 8");
    }

    @Test
    void refusesEndlessNesting() {
        assertThat(JsonReader.read("[".repeat(100_000)).problems().getFirst().message())
                .contains("nested deeper");
    }
}
