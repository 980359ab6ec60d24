package dev.weft.model.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogOperatorsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no operators, 100%% text",
                "%RESPONSE_CODE% %REQ(:METHOD)%\n",
                "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH):80%",
                "%START_TIME% %START_TIME(%Y/%m/%dT%H:%M:%S%z)%",
                "%GRPC_STATUS(NUMBER)%%PROTOCOL%",
                "%DYNAMIC_METADATA(com.test:a:b)%",
            })
    void knowsWhatCanBeWritten(String format) {
        assertThat(LogOperators.problem(format)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "%NOBODY_KNOWS%, unknown operator %NOBODY_KNOWS%",
        "%RESPONSE_CODE(X)%, unknown operator %RESPONSE_CODE(X)%",
        "%REQ(X)y%, unknown operator %REQ(X)y%",
        "a %PROTOCOL, '%PROTOCOL' has no closing percent sign",
        "%REQ(X, '%REQ(X' has no closing percent sign",
        "%REQ(X):many%, 'many' in %REQ(X):many% is no length",
    })
    void saysWhatCannot(String format, String problem) {
        assertThat(LogOperators.problem(format).orElse("").replace("'", "")).isEqualTo(problem.replace("'", ""));
    }

    @Test
    void namesTheFormsOfAStatus() {
        assertThat(LogOperators.problem("%GRPC_STATUS(WORDS)%"))
                .hasValueSatisfying(problem -> assertThat(problem).contains("SNAKE_STRING"));
    }
}
