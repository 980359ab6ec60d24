package dev.weft.tests.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The commands of a Markdown document in their order: fenced blocks without a language, and what stands in the running text as {@code `kubectl ...`} and the
 * like. Comments of the form {@code <!-- tested: ... -->} say of the block, paragraph or table below them what a reader sees by himself:
 *
 * <pre>
 * tested: as helm, yaml       belongs to these parts of the document and not to the main one
 * tested: not, because REASON stays unrun; the reason is printed
 * tested: after COMMAND       comes first here: what a reader has done by then, such as to wait
 * tested: exit 1 for TEXT     the exit code of commands with that text is not 0
 * tested: shows               the block is what the commands before it print
 * tested: with NAME=VALUE     from here on, VALUE stands for the placeholder NAME
 * </pre>
 *
 * Immutable.
 */
record Document(Path file, ImmutableList<Step> steps) {
    static final String MAIN = "main";

    private static final Pattern DIRECTIVE = Pattern.compile("<!-- tested: (.*) -->");
    private static final Pattern INLINE = Pattern.compile("`((?:\\./)?(?:meshctl|kubectl|helm) [^`]+)`");

    /**
     * Commands that are run by one shell.
     *
     * @param line where they begin
     * @param place how they stand in the document
     * @param parts of the document that they belong to
     * @param unrun why not
     */
    record Step(
            int line,
            Place place,
            String commands,
            ImmutableSet<String> parts,
            Expected expected,
            Optional<String> unrun) {
        /** The commands one by one, {@code ./meshctl} as what it is called in PATH. */
        List<String> lines() {
            return commands.lines()
                    .map(line -> line.startsWith("./") ? line.substring(2) : line)
                    .toList();
        }
    }

    /** @param shown what the document says that is printed; empty where it does not */
    record Expected(int exit, ImmutableList<String> shown) {}

    /** How a command stands in a document. */
    enum Place {
        BLOCK,
        /** Named in the running text: whoever has run it before need not do it again. */
        TEXT,
        COMMENT
    }

    /** What the comments above a block or paragraph said. */
    private static final class Told {
        private ImmutableSet<String> parts = ImmutableSet.of(MAIN);
        private Optional<String> unrun = Optional.empty();
        private boolean shows;
    }

    static Document read(Path file) {
        try {
            return new Reader(file).read(Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Reader {
        private final Path file;
        private final List<Step> steps = new ArrayList<>();
        private final List<String[]> values = new ArrayList<>();
        private final Map<String, Integer> exits = new HashMap<>();
        private Told told = new Told();

        private Reader(Path file) {
            this.file = file;
        }

        private Document read(List<String> lines) {
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                Matcher directive = DIRECTIVE.matcher(line);
                if (line.startsWith("```")) {
                    int end = i + 1;
                    while (!lines.get(end).equals("```")) {
                        end++;
                    }
                    if (line.equals("```")) {
                        block(i + 2, lines.subList(i + 1, end));
                    }
                    told = new Told();
                    i = end;
                } else if (directive.matches()) {
                    directive(i + 1, directive.group(1));
                } else if (!line.isBlank()) {
                    inline(i + 1, line);
                    if (i + 1 == lines.size() || lines.get(i + 1).isBlank()) {
                        told = new Told();
                    }
                }
            }
            return new Document(file, ImmutableList.copyOf(steps));
        }

        private void directive(int line, String text) {
            String rest = text.substring(text.indexOf(' ') + 1);
            if (text.startsWith("as ")) {
                told.parts = ImmutableSet.copyOf(rest.split(", "));
            } else if (text.startsWith("not, because ")) {
                told.unrun = Optional.of(text.substring("not, because ".length()));
            } else if (text.startsWith("after ")) {
                add(line, Place.COMMENT, rest);
            } else if (text.startsWith("exit ") && rest.contains(" for ")) {
                String[] exit = rest.split(" for ", 2);
                exits.put(exit[1], Integer.parseInt(exit[0]));
            } else if (text.equals("shows")) {
                told.shows = true;
            } else if (text.startsWith("with ") && rest.contains("=")) {
                values.add(rest.split("=", 2));
            } else {
                throw new AssertionError(file + ":" + line + ": found \"tested: " + text
                        + "\", expected as, not, after, exit, shows or with");
            }
        }

        private void block(int line, List<String> text) {
            if (!told.shows) {
                add(line, Place.BLOCK, String.join("\n", text));
                return;
            }
            Step before = steps.removeLast();
            steps.add(new Step(
                    before.line(),
                    before.place(),
                    before.commands(),
                    before.parts(),
                    new Expected(before.expected().exit(), ImmutableList.copyOf(text)),
                    before.unrun()));
        }

        private void inline(int line, String text) {
            Matcher matcher = INLINE.matcher(text);
            while (matcher.find()) {
                // A pipe in a table is escaped.
                String command = matcher.group(1).replace("\\|", "|");
                add(line, Place.TEXT, command);
            }
        }

        private void add(int line, Place place, String commands) {
            String real = commands;
            for (String[] value : values) {
                real = real.replaceAll("\\b" + value[0] + "\\b", Matcher.quoteReplacement(value[1]));
            }
            String filled = real;
            int exit = exits.entrySet().stream()
                    .filter(entry -> filled.contains(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(0);
            steps.add(new Step(line, place, filled, told.parts, new Expected(exit, ImmutableList.of()), told.unrun));
        }
    }

    /** The steps of one part. */
    ImmutableList<Step> part(String name) {
        return steps.stream().filter(step -> step.parts().contains(name)).collect(ImmutableList.toImmutableList());
    }

    /** Lines of {@code shown} that nothing in {@code output} looks like: the same words, where figures and generated names may differ. */
    static List<String> unlike(List<String> shown, String output) {
        List<List<String>> printed = output.lines().map(Document::words).toList();
        return shown.stream()
                .filter(line -> !line.isBlank() && !line.strip().equals("..."))
                .filter(line -> printed.stream().noneMatch(other -> alike(words(line), other)))
                .toList();
    }

    private static List<String> words(String line) {
        return Pattern.compile("\\s+").splitAsStream(line.strip()).collect(Collectors.toList());
    }

    private static boolean alike(List<String> one, List<String> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (int i = 0; i < one.size(); i++) {
            boolean figures = hasDigit(one.get(i)) && hasDigit(other.get(i));
            if (!figures && !one.get(i).equals(other.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasDigit(String word) {
        return word.chars().anyMatch(Character::isDigit);
    }
}
