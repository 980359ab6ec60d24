package dev.weft.resources.yaml;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/**
 * Turns the parser's events into trees. Works on events, not on the library's own trees, because those are built by recursion without a limit and
 * because an alias is counted here with all that it stands for: a few lines of nested aliases would otherwise stand for billions of nodes.
 */
final class YamlTreeBuilder {
    private static final int MAX_DEPTH = 100;
    private static final long MAX_NODES = 500_000;
    private static final int MAX_CODE_POINTS = 32 * 1024 * 1024;
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private final int firstLine;
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final List<YamlNode> roots = new ArrayList<>();

    YamlTreeBuilder(int firstLine) {
        this.firstLine = firstLine;
    }

    List<YamlNode> build(String text) {
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MAX_CODE_POINTS)
                .setParseComments(false)
                .build();
        for (Event event : new Parse(settings).parseString(text)) {
            accept(event);
        }
        return roots;
    }

    private void accept(Event event) {
        switch (event.getEventId()) {
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                YamlNode.Scalar node =
                        new YamlNode.Scalar(scalar.getValue(), typeOf(scalar), line(event), column(event));
                finish(node, scalar.getAnchor(), 1);
            }
            case Alias -> alias((AliasEvent) event);
            case SequenceStart ->
                begin(new Open(line(event), column(event), null, ((SequenceStartEvent) event).getAnchor()));
            case MappingStart ->
                begin(new Open(
                        line(event), column(event), new LinkedHashMap<>(), ((MappingStartEvent) event).getAnchor()));
            case SequenceEnd, MappingEnd -> {
                Open ended = open.pop();
                finish(ended.toNode(), ended.anchor, ended.size);
            }
            case DocumentStart -> anchors.clear();
            case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
        }
    }

    private void begin(Open collection) {
        if (open.size() == MAX_DEPTH) {
            throw new Refusal(collection.line, collection.column, "nested deeper than " + MAX_DEPTH + " levels");
        }
        open.push(collection);
    }

    private void alias(AliasEvent event) {
        Anchored anchored = anchors.get(event.getAlias());
        if (anchored == null) {
            throw new Refusal(
                    line(event),
                    column(event),
                    "found the alias *" + event.getAlias() + " but no finished &" + event.getAlias());
        }
        finish(anchored.node, Optional.empty(), anchored.size);
    }

    private void finish(YamlNode node, Optional<Anchor> anchor, long size) {
        anchor.ifPresent(name -> anchors.put(name, new Anchored(node, size)));
        Open parent = open.peek();
        if (parent == null) {
            roots.add(node);
            return;
        }
        parent.size += size;
        if (parent.size > MAX_NODES) {
            throw new Refusal(
                    node.line(), node.column(), "more than " + MAX_NODES + " values in one document, aliases included");
        }
        if (parent.entries == null) {
            parent.items.add(node);
        } else if (parent.key == null) {
            parent.key = key(node, parent.entries);
        } else {
            parent.entries.put(parent.key.text(), new YamlNode.Entry(parent.key, node));
            parent.key = null;
        }
    }

    private static YamlNode.Scalar key(YamlNode node, Map<String, YamlNode.Entry> entries) {
        if (!(node instanceof YamlNode.Scalar key)) {
            throw new Refusal(node.line(), node.column(), "found " + node.describe() + " as a key, expected a text");
        }
        YamlNode.Entry earlier = entries.get(key.text());
        if (earlier != null) {
            throw new Refusal(
                    key.line(),
                    key.column(),
                    "found the key \"" + key.text() + "\" twice, first in line "
                            + earlier.key().line());
        }
        return key;
    }

    private static YamlNode.ScalarType typeOf(ScalarEvent event) {
        String tag = event.getTag().orElse("");
        if (tag.startsWith("tag:yaml.org,2002:")) {
            return switch (tag.substring("tag:yaml.org,2002:".length())) {
                case "int" -> YamlNode.ScalarType.INTEGER;
                case "float" -> YamlNode.ScalarType.FLOAT;
                case "bool" -> YamlNode.ScalarType.BOOLEAN;
                case "null" -> YamlNode.ScalarType.NULL;
                default -> YamlNode.ScalarType.STRING;
            };
        }
        if (!event.isPlain()) {
            return YamlNode.ScalarType.STRING;
        }
        String text = event.getValue();
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> YamlNode.ScalarType.NULL;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> YamlNode.ScalarType.BOOLEAN;
            default ->
                INTEGER.matcher(text).matches()
                        ? YamlNode.ScalarType.INTEGER
                        : FLOAT.matcher(text).matches() ? YamlNode.ScalarType.FLOAT : YamlNode.ScalarType.STRING;
        };
    }

    private int line(Event event) {
        return firstLine + event.getStartMark().map(mark -> mark.getLine()).orElse(0);
    }

    private static int column(Event event) {
        return event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(1);
    }

    /** A list or mapping whose end has not come yet. */
    private static final class Open {
        final int line;
        final int column;
        final List<YamlNode> items = new ArrayList<>();
        final @Nullable Map<String, YamlNode.Entry> entries;
        final Optional<Anchor> anchor;
        YamlNode.@Nullable Scalar key;
        long size = 1;

        Open(int line, int column, @Nullable Map<String, YamlNode.Entry> entries, Optional<Anchor> anchor) {
            this.line = line;
            this.column = column;
            this.entries = entries;
            this.anchor = anchor;
        }

        YamlNode toNode() {
            return entries == null
                    ? new YamlNode.Sequence(ImmutableList.copyOf(items), line, column)
                    : new YamlNode.Mapping(ImmutableMap.copyOf(entries), line, column);
        }
    }

    private record Anchored(YamlNode node, long size) {}

    /** The document cannot be read; caught where the document was begun. */
    static final class Refusal extends RuntimeException {
        final int line;
        final int column;
        final String reason;

        Refusal(int line, int column, String message) {
            super(message);
            this.reason = message;
            this.line = line;
            this.column = column;
        }
    }
}
