package dev.weft.resources.yaml;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the documents of one text. Hands {@link YamlDocument}s to the resource parser. Pure and stateless. The surprising rule: the text is cut
 * at its {@code ---} lines first and each document is read by itself, so that a broken one does not take the others with it; YAML allows
 * no such line inside a document.
 */
public final class YamlDocuments {
    private YamlDocuments() {}

    /** The documents of the text that are not empty, in order. A text in JSON is one document. */
    public static ImmutableList<YamlDocument> read(String text) {
        return read(text, 1);
    }

    /** As {@link #read(String)}, for a text that stands inside another one from this line on. */
    public static ImmutableList<YamlDocument> read(String text, int firstLine) {
        ImmutableList.Builder<YamlDocument> documents = ImmutableList.builder();
        for (Chunk chunk : cut(text, firstLine)) {
            documents.addAll(read(chunk));
        }
        return documents.build();
    }

    /** Whether the text has neither documents nor comments: what an editor leaves for a moment when it rewrites a file. */
    public static boolean isVoid(String text) {
        return text.isBlank();
    }

    private static List<YamlDocument> read(Chunk chunk) {
        try {
            List<YamlDocument> documents = new ArrayList<>();
            for (YamlNode root : new YamlTreeBuilder(chunk.firstLine()).build(chunk.text())) {
                if (!(root instanceof YamlNode.Scalar scalar && scalar.isNull())) {
                    documents.add(new YamlDocument.Readable(root));
                }
            }
            return documents;
        } catch (YamlTreeBuilder.Refusal refusal) {
            return List.of(new YamlDocument.Broken(refusal.line, refusal.column, refusal.reason));
        } catch (MarkedYamlEngineException e) {
            int line = chunk.firstLine()
                    + e.getProblemMark().map(mark -> mark.getLine()).orElse(0);
            int column = e.getProblemMark().map(mark -> mark.getColumn() + 1).orElse(1);
            return List.of(new YamlDocument.Broken(line, column, message(e, chunk.firstLine())));
        } catch (YamlEngineException e) {
            return List.of(new YamlDocument.Broken(chunk.firstLine(), 1, "not YAML: " + firstLine(e.getMessage())));
        }
    }

    private static String message(MarkedYamlEngineException e, int firstLine) {
        StringBuilder message = new StringBuilder("not YAML: ").append(firstLine(e.getProblem()));
        if (e.getContext() != null) {
            message.append(", ").append(firstLine(e.getContext()));
            e.getContextMark()
                    .ifPresent(mark -> message.append(" that begins in line ").append(firstLine + mark.getLine()));
        }
        return message.toString();
    }

    private static String firstLine(@Nullable String message) {
        if (message == null) {
            return "no reason given";
        }
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static List<Chunk> cut(String text, int textLine) {
        List<Chunk> chunks = new ArrayList<>();
        StringBuilder chunk = new StringBuilder();
        int firstLine = textLine;
        int line = textLine;
        int at = text.startsWith("\uFEFF") ? 1 : 0;
        while (at < text.length()) {
            int newline = text.indexOf('\n', at);
            int end = newline < 0 ? text.length() : newline + 1;
            if (beginsDocument(text, at) && onlyDirectives(chunk)) {
                // The version directive before the line says nothing that we use, and would have to travel with its
                // document.
                blankOut(chunk);
            } else if (beginsDocument(text, at)) {
                chunks.add(new Chunk(chunk.toString(), firstLine));
                chunk.setLength(0);
                firstLine = line;
            }
            chunk.append(text, at, end);
            at = end;
            line++;
        }
        chunks.add(new Chunk(chunk.toString(), firstLine));
        return chunks;
    }

    private static boolean beginsDocument(String text, int at) {
        return text.startsWith("---", at) && (at + 3 >= text.length() || Character.isWhitespace(text.charAt(at + 3)));
    }

    private static boolean onlyDirectives(CharSequence chunk) {
        return chunk.toString()
                .lines()
                .allMatch(line -> line.isBlank() || line.startsWith("#") || line.startsWith("%"));
    }

    private static void blankOut(StringBuilder chunk) {
        long lines = chunk.chars().filter(c -> c == '\n').count();
        chunk.setLength(0);
        chunk.append("\n".repeat((int) lines));
    }

    private record Chunk(String text, int firstLine) {}
}
