package dev.weft.injector.tree;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.schema.Durations;
import dev.weft.resources.schema.NearestName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads one mapping field by field; what has the wrong type is noted and counts as absent, what nobody asked for is noted at the end. Confined to one call.
 */
public final class TreeReader {
    private final ObjectNode tree;
    private final String at;
    private final List<Note> notes;
    private final Set<String> asked = new LinkedHashSet<>();

    private TreeReader(ObjectNode tree, String at, List<Note> notes) {
        this.tree = tree;
        this.at = at;
        this.notes = notes;
    }

    public static TreeReader of(ObjectNode tree, String at) {
        return new TreeReader(tree, at, new ArrayList<>());
    }

    /** The notes of this reader and of those it gave out. */
    public ImmutableList<Note> notes() {
        return ImmutableList.copyOf(notes);
    }

    public TreeReader child(String name) {
        JsonNode child = node(name);
        if (child.isObject() || absent(child)) {
            return new TreeReader(
                    child instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode(),
                    path(name),
                    notes);
        }
        refuse(name, "found " + child + ", expected a mapping");
        return new TreeReader(JsonNodeFactory.instance.objectNode(), path(name), notes);
    }

    public boolean isSet(String name) {
        return !absent(node(name));
    }

    public Optional<String> text(String name) {
        JsonNode value = node(name);
        if (value.isValueNode() && !value.isNull()) {
            return Optional.of(value.asText());
        }
        if (!absent(value)) {
            refuse(name, "found " + value + ", expected a text");
        }
        return Optional.empty();
    }

    public Optional<Boolean> flag(String name) {
        return text(name).flatMap(text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> {
                refuse(name, "found \"" + text + "\", expected true or false");
                yield Optional.<Boolean>empty();
            }
        });
    }

    public OptionalInt number(String name) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (text.get().matches("[0-9]{1,9}")) {
            return OptionalInt.of(Integer.parseInt(text.get()));
        }
        refuse(name, "found \"" + text.get() + "\", expected a number of zero or more");
        return OptionalInt.empty();
    }

    public Optional<Duration> duration(String name) {
        Optional<String> text = text(name);
        Optional<Duration> duration = text.flatMap(Durations::parse);
        if (text.isPresent() && duration.isEmpty()) {
            refuse(name, "found \"" + text.get() + "\", expected a duration such as 5s");
        }
        return duration;
    }

    /** One of an enum's constants, written in any case. */
    public <E extends Enum<E>> Optional<E> choice(String name, Class<E> type) {
        return text(name).flatMap(text -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equals(text.toUpperCase(Locale.ROOT))) {
                    return Optional.of(constant);
                }
            }
            refuse(name, "found \"" + text + "\", expected one of " + ImmutableList.copyOf(type.getEnumConstants()));
            return Optional.empty();
        });
    }

    public ImmutableList<String> texts(String name) {
        ImmutableList.Builder<String> texts = ImmutableList.builder();
        for (JsonNode item : items(name)) {
            if (item.isValueNode() && !item.isNull()) {
                texts.add(item.asText());
            } else {
                refuse(name, "found " + item + " in the list, expected a text");
            }
        }
        return texts.build();
    }

    public ImmutableList<TreeReader> children(String name) {
        ImmutableList.Builder<TreeReader> children = ImmutableList.builder();
        int index = 0;
        for (JsonNode item : items(name)) {
            String path = name + "[" + index++ + "]";
            if (item instanceof ObjectNode object) {
                children.add(new TreeReader(object, path(path), notes));
            } else {
                refuse(path, "found " + item + ", expected a mapping");
            }
        }
        return children.build();
    }

    public ImmutableMap<String, String> textMap(String name) {
        ImmutableMap.Builder<String, String> map = ImmutableMap.builder();
        child(name).tree.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                map.put(entry.getKey(), entry.getValue().asText());
            } else {
                refuse(name + "." + entry.getKey(), "found " + entry.getValue() + ", expected a text");
            }
        });
        return map.buildOrThrow();
    }

    /** Everything in the mapping, as it is. */
    public ImmutableMap<String, JsonNode> trees() {
        ImmutableMap.Builder<String, JsonNode> trees = ImmutableMap.builder();
        tree.properties().forEach(trees::put);
        return trees.buildOrThrow();
    }

    /** Notes each field that was never asked for. */
    public void finish() {
        tree.fieldNames().forEachRemaining(name -> {
            if (!asked.contains(name)) {
                String hint = NearestName.find(name, asked)
                        .map(nearest -> ", did you mean \"" + nearest + "\"?")
                        .orElse("");
                notes.add(Note.warning(path(name), "unknown field, ignored" + hint));
            }
        });
    }

    public void refuse(String name, String message) {
        notes.add(Note.refusal(path(name), message));
    }

    private Iterable<JsonNode> items(String name) {
        JsonNode list = node(name);
        if (!absent(list) && !list.isArray()) {
            refuse(name, "found " + list + ", expected a list");
            return ImmutableList.of();
        }
        return list;
    }

    private JsonNode node(String name) {
        asked.add(name);
        return tree.path(name);
    }

    private String path(String name) {
        return at.isEmpty() ? name : at + "." + name;
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
