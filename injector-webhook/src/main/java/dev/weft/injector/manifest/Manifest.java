package dev.weft.injector.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with objects of Kubernetes, cut where its documents begin, so that a document that stays as it is stays to the letter. Confined to one call.
 *
 * @param chunks one after the other the whole text
 */
record Manifest(ImmutableList<Chunk> chunks) {
    /**
     * @param start the line with which it begins, where it has one
     * @param objects what it holds; usually one
     * @param broken why it cannot be read, empty if it can
     */
    record Chunk(String text, String start, ImmutableList<JsonNode> objects, String broken) {}

    static Manifest read(String text) {
        List<Chunk> chunks = new ArrayList<>();
        StringBuilder chunk = new StringBuilder();
        int firstLine = 1;
        int line = 1;
        int at = 0;
        while (at < text.length()) {
            int newline = text.indexOf('\n', at);
            int end = newline < 0 ? text.length() : newline + 1;
            if (beginsDocument(text, at) && !chunk.isEmpty()) {
                chunks.add(chunk(chunk.toString(), firstLine));
                chunk.setLength(0);
                firstLine = line;
            }
            chunk.append(text, at, end);
            at = end;
            line++;
        }
        chunks.add(chunk(chunk.toString(), firstLine));
        return new Manifest(ImmutableList.copyOf(chunks));
    }

    private static Chunk chunk(String text, int firstLine) {
        ImmutableList.Builder<JsonNode> objects = ImmutableList.builder();
        String broken = "";
        for (YamlDocument document : YamlDocuments.read(text, firstLine)) {
            switch (document) {
                case YamlDocument.Readable(var root) -> objects.add(YamlTrees.toJson(root));
                case YamlDocument.Broken(int line, int ignored, String message) ->
                    broken = "line " + line + ": " + message;
            }
        }
        String start = beginsDocument(text, 0) ? "---\n" : "";
        return new Chunk(text, start, objects.build(), broken);
    }

    private static boolean beginsDocument(String text, int at) {
        return text.startsWith("---", at) && (at + 3 >= text.length() || Character.isWhitespace(text.charAt(at + 3)));
    }
}
