package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.weft.resources.MeshConfig;
import dev.weft.resources.MeshConfig.AccessLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessLogReaderTest {
    private final ResourceParser parser = new ResourceParser();

    @Test
    void readsAnObjectOfMembersInTheirOrder() {
        MeshConfig mesh = (MeshConfig) ((Parsed.Valid) parse("""
                trustDomain: cluster.local
                accessLogFile: /dev/stdout
                accessLogEncoding: JSON
                accessLogFormat: |
                  {
                    "status": "%RESPONSE_CODE%",
                    "agent": "%REQ(USER-AGENT)%", "app": "shop"
                  }
                """)).resource();

        assertThat(mesh.accessLog().file()).isEqualTo("/dev/stdout");
        assertThat(((AccessLog.Members) mesh.accessLog().format()).texts())
                .containsExactly(
                        entry("status", "%RESPONSE_CODE%"), entry("agent", "%REQ(USER-AGENT)%"), entry("app", "shop"));
    }

    @Test
    void takesTheDefaultMembersWhereNoneAreGiven() {
        MeshConfig mesh = (MeshConfig) ((Parsed.Valid) parse("""
                trustDomain: cluster.local
                accessLogFile: /dev/stdout
                accessLogEncoding: JSON
                """)).resource();

        assertThat(((AccessLog.Members) mesh.accessLog().format()).texts()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "JSON | [%START_TIME%] %RESPONSE_CODE%   | found \"[%START_TIME%] %RESPONSE_CODE%\", expected a JSON object, as accessLogEncoding is JSON",
                "JSON | {\"a\": \"%RESPONSE_CODE%\"      | found \"{\"a\": \"%RESPONSE_CODE%\"\", expected a JSON object, as accessLogEncoding is JSON",
                "JSON | {\"a\": \"1\", \"a\": \"2\"}     | found \"{\"a\": \"1\", \"a\": \"2\"}\", expected a JSON object, as accessLogEncoding is JSON",
                "JSON | {\"a\": \"%NOBODY_KNOWS%\"}      | member \"a\": unknown operator %NOBODY_KNOWS%",
                "JSON | {\"a\": {\"b\": \"c\"}}          | member \"a\": found {b=c}, expected a text; objects within the object are not served",
                "JSON | {\"a\": 1}                       | member \"a\": found 1, expected a text; objects within the object are not served",
                "TEXT | %NOBODY_KNOWS%                   | unknown operator %NOBODY_KNOWS%"
            })
    void refusesWhatCannotBeWrittenAndNamesTheField(String encoding, String format, String message) {
        Parsed parsed = parse("""
                trustDomain: cluster.local
                accessLogEncoding: %s
                accessLogFormat: '%s'
                """.formatted(encoding, format));

        assertThat(parsed).isInstanceOf(Parsed.Refused.class);
        assertThat(parsed.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("accessLogFormat");
            assertThat(problem.message()).isEqualTo(message);
            assertThat(problem.location().line()).isEqualTo(3);
        });
    }

    private Parsed parse(String yaml) {
        return parser.parse("test.yaml", yaml).objects().getFirst();
    }
}
