package dev.weft.proxy.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.http.HttpOptions.EscapedSlashes;
import dev.weft.model.http.HttpOptions.Paths;
import dev.weft.proxy.pipeline.PathNormalizer.Outcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathNormalizerTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/a/b, /a/b",
                "/a/./b, /a/b",
                "/a/../b, /b",
                "/../../b, /b",
                "/a/.., /",
                "/a/., /a/",
                "/a/.b/..c, /a/.b/..c",
                "/%61%2e%2E/x, /a../x",
                "/a/%2e%2e/b, /b",
                "/a\\b, /a/b",
                "/a\\..\\b, /b",
                "/a%2fb, /a%2fb",
                "/a%zzb, /a%zzb",
                "/a//b, /a//b",
                "/a?x=/../%2e, /a?x=/../%2e",
                "/a#b?c, /a",
                "/a?b#c, /a?b",
                "/a\"b, /a%22b",
            })
    void resolvesDotsAndNeedlessEscapes(String path, String expected) {
        assertThat(apply(new Paths(true, false, EscapedSlashes.KEEP_UNCHANGED), path))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "/a//b///c/, /a/b/c/",
        "/a%2f%2Fb, /a/b",
        "/a%5cb, /a/b",
        "/x/%2e%2e%2fadmin, /admin",
        "//, /",
    })
    void unescapesAndMerges(String path, String expected) {
        assertThat(apply(new Paths(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD), path))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"/a%2fb", "/a%5Cb"})
    void rejectsEscapedSlashesWhereAskedTo(String path) {
        assertThat(PathNormalizer.normalize(new Paths(true, false, EscapedSlashes.REJECT_REQUEST), path))
                .isInstanceOf(Outcome.Rejected.class);
    }

    private static String apply(Paths options, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
        Outcome outcome = PathNormalizer.normalize(options, path);
        boolean needed = PathNormalizer.mayNeed(options, bytes, 0, bytes.length);
        return switch (outcome) {
            case Outcome.Unchanged ignored -> path;
            case Outcome.Changed changed -> {
                assertThat(needed).as("the quick look sees %s", path).isTrue();
                yield changed.path();
            }
            case Outcome.Redirected redirected -> "redirect " + redirected.path();
            case Outcome.Rejected ignored -> "rejected";
        };
    }
}
