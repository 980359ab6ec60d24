package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import dev.weft.model.http.AccessLog;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import org.junit.jupiter.api.Test;

class AccessLogTranslatorTest {
    @Test
    void writesNoLogWithoutAFile() {
        assertThat(AccessLogTranslator.translate(mesh("accessLogEncoding: JSON")))
                .isEmpty();
    }

    @Test
    void writesALineAsGiven() {
        assertThat(format("accessLogFile: /dev/stdout\naccessLogFormat: '%RESPONSE_CODE%'"))
                .isEqualTo(new AccessLog.TextFormat("%RESPONSE_CODE%\n"));
    }

    @Test
    void writesTheMembersThatAreGiven() {
        assertThat(
                        format(
                                "accessLogFile: /dev/stdout\naccessLogEncoding: JSON\naccessLogFormat: '{\"status\": \"%RESPONSE_CODE%\"}'"))
                .isEqualTo(new AccessLog.JsonFormat(ImmutableMap.of("status", "%RESPONSE_CODE%")));
    }

    @Test
    void writesAllMembersWhereNoneAreGiven() {
        AccessLog.JsonFormat format =
                (AccessLog.JsonFormat) format("accessLogFile: /dev/stdout\naccessLogEncoding: JSON");

        assertThat(format.fields())
                .containsEntry("response_code", "%RESPONSE_CODE%")
                .hasSizeGreaterThan(20);
    }

    private static AccessLog.Format format(String yaml) {
        return AccessLogTranslator.translate(mesh(yaml)).getFirst().format();
    }

    private static MeshConfig mesh(String yaml) {
        Parsed parsed = new ResourceParser()
                .parse("mesh.yaml", "trustDomain: cluster.local\n" + yaml)
                .objects()
                .getFirst();
        return (MeshConfig) ((Parsed.Valid) parsed).resource();
    }
}
