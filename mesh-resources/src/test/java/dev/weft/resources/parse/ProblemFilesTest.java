package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.resources.ProblemFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each {@code case.in.yaml} has the outcome and the problems of {@code case.problems.txt}; {@code -Dgolden.update} rewrites them. */
class ProblemFilesTest {
    private static final Path CASES =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/dev/weft/resources/parse/cases");

    private final ResourceParser parser = new ResourceParser();

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".in.yaml"))
                    .map(name -> name.substring(0, name.length() - ".in.yaml".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsTheProblemsOfTheFile(String name) throws IOException {
        String file = name + ".in.yaml";
        Path expected = CASES.resolve(name + ".problems.txt");

        String found = render(parser.parse(file, Files.readString(CASES.resolve(file))));

        if (System.getProperty("golden.update") != null) {
            Files.writeString(expected, found);
        }
        assertThat(found).isEqualTo(Files.readString(expected));
    }

    private static String render(ParsedFile parsed) {
        StringBuilder text = new StringBuilder();
        for (Parsed object : parsed.objects()) {
            text.append(outcome(object)).append('\n');
            object.problems()
                    .forEach(problem -> text.append("  ")
                            .append(problem.severity())
                            .append(' ')
                            .append(problem.code())
                            .append(' ')
                            .append(ProblemFormat.format(problem))
                            .append('\n'));
        }
        return text.append("file ").append(parsed.extent()).append('\n').toString();
    }

    private static String outcome(Parsed object) {
        return switch (object) {
            case Parsed.Valid valid -> "valid " + valid.resource().key();
            case Parsed.FailedClosed failed ->
                "failed closed " + failed.resource().key();
            case Parsed.Refused refused ->
                "refused " + refused.key().map(Object::toString).orElse("(which?)")
                        + (refused.substitute().isPresent() ? ", strictest reading at hand" : "");
            case Parsed.Skipped ignored -> "skipped";
        };
    }
}
