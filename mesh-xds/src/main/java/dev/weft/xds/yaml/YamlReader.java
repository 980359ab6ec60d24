package dev.weft.xds.yaml;

import dev.weft.xds.Decoded;
import dev.weft.xds.json.JsonNull;
import dev.weft.xds.json.SyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into a tree of Map, List and scalars, as {@link dev.weft.xds.json.JsonReader} does for JSON (which is
 * understood as well). A proxy cannot afford a YAML library, so this reads what bootstraps are written in: block and flow
 * maps and lists, plain and quoted scalars (folded over lines too), literal and folded block scalars, comments. Anchors, aliases, tags, several
 * documents, keys that are not scalars and tabs in the indentation are refused by name; a repeated key is an error.
 *
 * <p>Plain scalars have the types of YAML 1.2's core schema: {@code yes} and {@code on} are text.
 */
public final class YamlReader {
    private static final int MAX_DEPTH = 128;

    private final YamlText in;
    private int depth;

    private YamlReader(String text) {
        this.in = new YamlText(text);
    }

    public static Decoded<Object> read(String text) {
        YamlReader reader = new YamlReader(text);
        try {
            return Decoded.of(reader.document());
        } catch (SyntaxException e) {
            return Decoded.rejected(reader.in.position(), e.reason());
        }
    }

    private Object document() throws SyntaxException {
        in.toContent();
        if (in.column() == 0 && in.isMarker("---")) {
            in.skip(3);
            in.toContent();
        }
        Object value = in.atEnd() ? JsonNull.NULL : node(-1);
        in.toContent();
        if (in.column() == 0 && in.isMarker("...")) {
            in.skip(3);
            in.toContent();
        }
        if (in.column() == 0 && in.isMarker("---")) {
            throw new SyntaxException("a second document: only one is read");
        }
        if (!in.atEnd()) {
            throw in.unexpected("the end of the document; is the indentation right?");
        }
        return value;
    }

    /** The node that begins here; what belongs to it is indented deeper than {@code parent}. */
    private Object node(int parent) throws SyntaxException {
        if (++depth > MAX_DEPTH) {
            throw new SyntaxException("nested deeper than " + MAX_DEPTH);
        }
        try {
            if (in.isEntry()) {
                return sequence(in.column());
            }
            return in.isImplicitKey() ? mapping(in.column()) : value(parent);
        } finally {
            depth--;
        }
    }

    private List<Object> sequence(int column) throws SyntaxException {
        List<Object> elements = new ArrayList<>();
        while (!in.atEnd() && in.column() == column && in.isEntry()) {
            in.skip(1);
            elements.add(afterIndicator(column, column));
        }
        mustNotBeDeeper(column);
        return elements;
    }

    private Map<String, Object> mapping(int column) throws SyntaxException {
        Map<String, Object> entries = new LinkedHashMap<>();
        while (!in.atEnd() && in.column() == column && !in.isDocumentMarker() && !in.isEntry()) {
            if (!in.isImplicitKey()) {
                throw in.unexpected("a key followed by ': '");
            }
            String key = in.key();
            in.skip(1);
            // A list may stand at the column of the key that it belongs to.
            Object value = afterIndicator(column, column - 1);
            if (entries.put(key, value) != null) {
                throw new SyntaxException("the key \"" + key + "\" stands here twice");
            }
        }
        mustNotBeDeeper(column);
        return entries;
    }

    /** What follows a dash or a colon: on the same line, or deeper on the next ones, or nothing. */
    private Object afterIndicator(int column, int sequenceColumn) throws SyntaxException {
        boolean dash = sequenceColumn == column;
        Object value;
        if (in.sameLineContent()) {
            value = dash ? node(column) : value(column);
        } else {
            in.toContent();
            boolean deeper = !in.atEnd() && in.column() > column;
            boolean listHere = !in.atEnd() && !dash && in.column() == column && in.isEntry();
            value = (deeper || listHere) && !in.isDocumentMarker() ? node(column) : JsonNull.NULL;
        }
        in.toContent();
        return value;
    }

    private void mustNotBeDeeper(int column) throws SyntaxException {
        if (!in.atEnd() && in.column() > column) {
            throw in.unexpected("an indentation of " + column + " or less");
        }
    }

    private Object value(int parent) throws SyntaxException {
        Object value = switch (in.peek()) {
            case '{', '[' -> flow();
            case '"' -> new YamlQuotedScalar(in).doubleQuoted();
            case '\'' -> new YamlQuotedScalar(in).singleQuoted();
            case '|', '>' -> in.blockScalar(parent);
            default -> YamlScalars.resolve(in.plain(parent));
        };
        in.endOfLine();
        return value;
    }

    private Object flow() throws SyntaxException {
        if (++depth > MAX_DEPTH) {
            throw new SyntaxException("nested deeper than " + MAX_DEPTH);
        }
        try {
            return switch (in.peek()) {
                case '{' -> flowMapping();
                case '[' -> flowSequence();
                case '"' -> new YamlQuotedScalar(in).doubleQuoted();
                case '\'' -> new YamlQuotedScalar(in).singleQuoted();
                default -> YamlScalars.resolve(in.flowPlain());
            };
        } finally {
            depth--;
        }
    }

    private Map<String, Object> flowMapping() throws SyntaxException {
        Map<String, Object> entries = new LinkedHashMap<>();
        in.skip(1);
        in.toContent();
        while (in.peek() != '}') {
            String key = in.flowKey();
            in.toContent();
            Object value = JsonNull.NULL;
            if (in.peek() == ':') {
                in.skip(1);
                in.toContent();
                value = in.peek() == ',' || in.peek() == '}' ? JsonNull.NULL : flow();
                in.toContent();
            }
            if (entries.put(key, value) != null) {
                throw new SyntaxException("the key \"" + key + "\" stands here twice");
            }
            if (!comma('}')) {
                break;
            }
        }
        in.skip(1);
        return entries;
    }

    private List<Object> flowSequence() throws SyntaxException {
        List<Object> elements = new ArrayList<>();
        in.skip(1);
        in.toContent();
        while (in.peek() != ']') {
            elements.add(flow());
            in.toContent();
            if (!comma(']')) {
                break;
            }
        }
        in.skip(1);
        return elements;
    }

    private boolean comma(char end) throws SyntaxException {
        if (in.peek() == ',') {
            in.skip(1);
            in.toContent();
            return true;
        }
        if (in.peek() != end) {
            throw in.unexpected("',' or '" + end + "'");
        }
        return false;
    }
}
