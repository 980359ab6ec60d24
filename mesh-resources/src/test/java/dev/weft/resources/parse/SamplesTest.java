package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void findsNothingWrongWithWhatPeopleWrite() throws IOException {
        String text;
        try (InputStream in = SamplesTest.class.getResourceAsStream("samples/world.yaml")) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        ParsedFile parsed = new ResourceParser().parse("world.yaml", text);

        assertThat(parsed.objects()).hasSize(10).allSatisfy(object -> {
            assertThat(object.problems()).isEmpty();
            assertThat(object).isInstanceOf(Parsed.Valid.class);
        });
    }
}
