package dev.weft.resources.schema;

import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableTable;
import dev.weft.resources.ResourceKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text of the field table. One row a line; what follows {@code --} is the reason.
 *
 * <pre>
 * kind GROUP KIND MESSAGE [root]      a kind that is served, and the message of its spec, or of what stands beside its metadata
 * unserved GROUP KIND [-- REASON]
 * enum NAME VALUE VALUE:unsupported ...
 * message NAME
 *   field TYPE [required] [unsupported|ignored|harmless|deprecated] [-- REASON]
 *   oneof field field ...
 *   rule CEL [-- MESSAGE]
 * </pre>
 *
 * A type is a format (string, bool, int, uint, port, double, duration, duration0, bytes, intOrString, any) or a message or enum, followed by
 * {@code []} for a list, {@code {}} for a map from texts, {@code {port}} for a map from ports. A mistake in the table is a bug.
 */
final class FieldTableReader {
    private static final Splitter WORDS = Splitter.on(' ').trimResults().omitEmptyStrings();

    private final Map<String, MessageType> messages = new LinkedHashMap<>();
    private final Map<String, EnumType> enums = new LinkedHashMap<>();
    private final ImmutableTable.Builder<String, String, KindEntry> kinds = ImmutableTable.builder();

    private @Nullable String message;
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final List<ImmutableList<String>> oneOfs = new ArrayList<>();
    private final List<MessageType.Rule> rules = new ArrayList<>();

    void read(String source, String text) {
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            try {
                row(line);
            } catch (IllegalArgumentException e) {
                throw new AssertionError(source + ":" + number + ": " + e.getMessage(), e);
            }
        }
        endMessage();
    }

    FieldTable table() {
        FieldTable table =
                new FieldTable(ImmutableMap.copyOf(messages), ImmutableMap.copyOf(enums), kinds.buildOrThrow());
        for (MessageType type : messages.values()) {
            type.fields().values().forEach(field -> checkNames(type, field.type()));
        }
        return table;
    }

    private void row(String line) {
        int dashes = line.indexOf(" -- ");
        String reason = dashes < 0 ? "" : line.substring(dashes + 4).strip();
        List<String> words = WORDS.splitToList(dashes < 0 ? line : line.substring(0, dashes));
        if (line.startsWith(" ")) {
            inMessage(words, reason);
            return;
        }
        endMessage();
        switch (words.getFirst()) {
            case "kind" -> kinds.put(group(words.get(1)), words.get(2), served(words));
            case "unserved" ->
                kinds.put(group(words.get(1)), words.get(2), new KindEntry.Unserved(words.get(2), reason));
            case "enum" -> enums.put(words.get(1), enumType(words));
            case "message" -> message = words.get(1);
            default ->
                throw new IllegalArgumentException(
                        "found " + words.getFirst() + ", expected kind, unserved, enum, message");
        }
    }

    private void inMessage(List<String> words, String reason) {
        if (message == null) {
            throw new IllegalArgumentException("a field outside a message");
        }
        if (words.getFirst().equals("oneof")) {
            oneOfs.add(ImmutableList.copyOf(words.subList(1, words.size())));
            return;
        }
        if (words.getFirst().equals("rule")) {
            rules.add(new MessageType.Rule(String.join(" ", words.subList(1, words.size())), reason));
            return;
        }
        List<String> marks = words.subList(2, words.size());
        Field.Presence presence = marks.contains("required") ? Field.Presence.REQUIRED : Field.Presence.OPTIONAL;
        Field.Serving serving = marks.stream()
                .filter(mark -> !mark.equals("required"))
                .map(FieldTableReader::serving)
                .findFirst()
                .orElse(Field.Serving.SERVED);
        Field field = new Field(words.get(0), type(words.get(1)), presence, serving, reason);
        if (fields.put(field.name(), field) != null) {
            throw new IllegalArgumentException("the field " + field.name() + " stands twice in " + message);
        }
    }

    private void endMessage() {
        if (message != null) {
            messages.put(
                    message,
                    new MessageType(
                            message,
                            ImmutableMap.copyOf(fields),
                            ImmutableList.copyOf(oneOfs),
                            ImmutableList.copyOf(rules)));
        }
        message = null;
        fields.clear();
        oneOfs.clear();
        rules.clear();
    }

    private static KindEntry served(List<String> words) {
        String group = group(words.get(1));
        String kind = words.get(2);
        ResourceKind resourceKind = Arrays.stream(ResourceKind.values())
                .filter(candidate ->
                        candidate.kindName().equals(kind) && candidate.group().equals(group))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no ResourceKind is called " + kind));
        KindEntry.Place place = words.contains("root") ? KindEntry.Place.ROOT : KindEntry.Place.SPEC;
        return new KindEntry.Served(resourceKind, words.get(3), place);
    }

    private static EnumType enumType(List<String> words) {
        Map<String, Field.Serving> values = new LinkedHashMap<>();
        for (String word : words.subList(2, words.size())) {
            int colon = word.indexOf(':');
            values.put(
                    colon < 0 ? word : word.substring(0, colon),
                    colon < 0 ? Field.Serving.SERVED : serving(word.substring(colon + 1)));
        }
        return new EnumType(words.get(1), ImmutableMap.copyOf(values));
    }

    private static FieldType type(String text) {
        if (text.endsWith("[]")) {
            return new FieldType.ListOf(type(text.substring(0, text.length() - 2)));
        }
        if (text.endsWith("{}")) {
            return new FieldType.MapOf(type(text.substring(0, text.length() - 2)), FieldType.Keys.TEXT);
        }
        if (text.endsWith("{port}")) {
            return new FieldType.MapOf(type(text.substring(0, text.length() - 6)), FieldType.Keys.PORT);
        }
        if (text.equals("any")) {
            return new FieldType.Anything();
        }
        return format(text).<FieldType>map(FieldType.Plain::new).orElseGet(() -> new FieldType.Named(text));
    }

    private static Optional<FieldType.Format> format(String text) {
        return switch (text) {
            case "string" -> Optional.of(FieldType.Format.STRING);
            case "bool" -> Optional.of(FieldType.Format.BOOL);
            case "int" -> Optional.of(FieldType.Format.INT);
            case "uint" -> Optional.of(FieldType.Format.UINT);
            case "port" -> Optional.of(FieldType.Format.PORT);
            case "double" -> Optional.of(FieldType.Format.DOUBLE);
            case "duration" -> Optional.of(FieldType.Format.DURATION);
            case "duration0" -> Optional.of(FieldType.Format.DURATION_OR_ZERO);
            case "bytes" -> Optional.of(FieldType.Format.BYTES);
            case "intOrString" -> Optional.of(FieldType.Format.INT_OR_STRING);
            default -> Optional.empty();
        };
    }

    private static Field.Serving serving(String word) {
        return Field.Serving.valueOf(Ascii.toUpperCase(word));
    }

    private static String group(String word) {
        return word.equals("core") ? "" : word;
    }

    private void checkNames(MessageType in, FieldType type) {
        switch (type) {
            case FieldType.Named(String name) -> {
                if (!messages.containsKey(name) && !enums.containsKey(name)) {
                    throw new AssertionError(in.name() + " names " + name + ", which the field table does not have");
                }
            }
            case FieldType.ListOf(FieldType item) -> checkNames(in, item);
            case FieldType.MapOf(FieldType value, FieldType.Keys ignored) -> checkNames(in, value);
            case FieldType.Plain ignored -> {}
            case FieldType.Anything ignored -> {}
        }
    }
}
